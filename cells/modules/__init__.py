"""The modules that a product picks, one per file."""
