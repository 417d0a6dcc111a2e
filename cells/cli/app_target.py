"""The word for the organization in CDK context. A file of its own, because it is asked for before anything is read."""

ORGANIZATION = "organization"
"""The value of the context key `target` that means the stacks of the organization."""
