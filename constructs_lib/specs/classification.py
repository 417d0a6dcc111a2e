"""Data classification: how sensitive the content of a store is."""

from typing import Literal

DataClassification = Literal["public", "internal", "confidential", "restricted"]
"""The tag `data-classification` of every store: PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED, in lower case."""
