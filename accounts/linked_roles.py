"""AWS's own roles that an account had before it came to the organization."""

from __future__ import annotations

from typing import Literal

LinkedService = Literal["config.amazonaws.com", "opensearchservice.amazonaws.com"]
"""The services whose service-linked role the account baseline makes."""
