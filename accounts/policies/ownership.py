"""Whose a policy is: what the project touches, and what it never does."""

from __future__ import annotations

from typing import Final

OURS: Final = ("managed-by", "cells")
"""The tag of every policy that is the project's. A policy without it is never touched."""
TARGET_TAG: Final = "cells:unit"
"""The tag that says for which unit a policy was made."""
GUARDRAILS_TAG: Final = "cells:guardrails"
"""The tag that says what is in it."""
CONTROL_TOWER: Final = "aws-guardrails-"
"""How the names of AWS Control Tower's policies begin. They stay as they are, whatever tags they have. See
https://docs.aws.amazon.com/controltower/latest/userguide/walkthrough-delete.html."""
