"""What CloudFormation does with a resource when a property of it changes."""

from typing import Literal

Effect = Literal["in-place", "conditional", "replacement"]
"""`conditional`: it may be replaced, and CloudFormation decides as it goes."""
