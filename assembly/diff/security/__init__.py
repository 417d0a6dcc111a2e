"""What a change of templates means for security, in words."""

from assembly.diff.security.changes import security_changes

__all__ = ["security_changes"]
