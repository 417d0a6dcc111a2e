"""What a product cell is."""
