"""What the organization is."""
