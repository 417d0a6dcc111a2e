"""What would change between two cloud assemblies, resource by resource, and what it means."""
