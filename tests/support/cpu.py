"""How much of the processor a piece of a test takes: this thread's alone, without the collector of garbage, which goes
through all that the tests before have made."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def less_than(seconds: float) -> Iterator[None]:
    """Fail where the block takes this thread more processor time."""
    collecting = gc.isenabled()
    gc.disable()
    began = time.thread_time()
    try:
        yield
        taken = time.thread_time() - began
    finally:
        if collecting:
            gc.enable()
    assert taken < seconds
