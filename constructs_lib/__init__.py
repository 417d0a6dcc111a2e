"""Typed, reusable constructs: one noun per file. They know nothing of products or accounts."""
