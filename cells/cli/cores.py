"""The cores that this process may use."""

import os


def cores() -> int:
    """How many there are; two where the system does not say which are this process's own."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
