"""How this process makes templates fast: Node starts beside what Python reads, and nothing looks for garbage."""

import atexit
import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

# A process that has loaded the CDK would look once more for garbage in all of it at its end: a fifth of a synth.
atexit.register(gc.freeze)


def start_kernel() -> Thread:
    """Load the CDK in a thread. It mostly waits for Node, and what is imported next does not need it.

    Join the thread before importing `aws_cdk`, which tells what went wrong. To import it is not enough: near its end
    that module puts another one in its place, for which Python does not wait, and a part of it is not there yet.
    """
    loading = Thread(target=_load, name="aws-cdk")
    loading.start()
    return loading


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep what is alive while templates are made: nearly all of it is needed to the end.

    The CDK keeps each construct of an app, so that the collector walks ever more of them and finds nothing: a fifth of
    Python's time in a synth. It works again afterwards, for a process that makes many cells.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load() -> None:
    with suppress(Exception):
        importlib.import_module("aws_cdk")
