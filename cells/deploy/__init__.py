"""Deploys and destroys cells: the order of things, and what has to be true between two of them. Starts no process."""
