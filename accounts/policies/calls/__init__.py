"""The calls by which guardrails are proved: what must work, and what must fail."""
