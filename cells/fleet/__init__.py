"""Many cells at once: what a change affects, and what it does to each of them."""
