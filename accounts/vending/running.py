"""Whether a process still runs: what it left behind may be taken away when it does not."""

import os


def is_gone(process: int) -> bool:
    """Whether no process of this machine has the number. When that cannot be known, it is not gone."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
