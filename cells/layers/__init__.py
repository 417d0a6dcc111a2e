"""The five stacks of a cell, one per file."""
