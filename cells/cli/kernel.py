"""How this process makes templates fast: Node starts beside what Python reads, and nothing looks for garbage."""

import atexit
import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

# A process that has loaded the CDK would look once more for garbage in all of it at its end: a fifth of a synth.
atexit.register(gc.freeze)


@contextmanager
def kernel() -> Iterator[None]:
    """Load the CDK in a thread, beside what is imported inside: it mostly waits for Node.

    The CDK is whole at the end only. Near its own end the module `aws_cdk` puts another one in its place, for which
    an import of Python does not wait. Who imports it afterwards is told what went wrong.
    """
    loading = Thread(target=_load, name="aws-cdk")
    loading.start()
    try:
        yield
    finally:
        loading.join()


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
