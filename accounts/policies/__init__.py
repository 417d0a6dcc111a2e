"""The guardrails of the organization: one per file, in words and as policy, with whom they exempt and why."""
