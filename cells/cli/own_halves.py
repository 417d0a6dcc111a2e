"""Which of the organization's stacks a process makes itself: both halves, or one while another process makes the other.

The CDK works on one core: Python and Node wait for each other. Two pairs of them take little more than half the time,
and write the same files. On a machine with one core there is no second process.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from accounts.halves import Half
from cells.cli.app_target import ORGANIZATION
from cells.cli.cores import cores


@contextmanager
def own_halves(root: Path, folder: Path | None, context: str) -> Iterator[Sequence[Half]]:
    """The halves that this process has to make and to write into a folder. At the end the other one is there as well.

    Both, when there is no folder or no second core.
    """
    if folder is None or cores() < 2:
        yield tuple(Half)
        return
    from cells.cli.second_half import SecondHalf  # what starts a process is nothing for a cell

    with SecondHalf(root, folder, context) as second:
        yield (Half.CORE,)
        second.join()


@contextmanager
def own_halves_of_app(root: Path) -> Iterator[Sequence[Half]]:
    """The halves for the CDK app of a project, once the CDK CLI has asked it for the organization in so many words.

    The CLI writes a long context into a file, and the variable then lacks a part of it: one process makes all.
    """
    context, folder = os.environ.get("CDK_CONTEXT_JSON", "{}"), os.environ.get("CDK_OUTDIR")
    asked = json.loads(context).get("target") == ORGANIZATION
    with own_halves(root, Path(folder).absolute() if folder and asked else None, context) as halves:
        yield halves
