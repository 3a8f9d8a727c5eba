import time
from collections.abc import Iterator

import pytest


@pytest.fixture
def cpu_seconds() -> Iterator[None]:
    """Ends in a failure where the test took more than two seconds of this process."""
    began = time.process_time()
    yield
    assert time.process_time() - began < 2
