from collections.abc import Iterator

import pytest

from tests.support.cpu import less_than


@pytest.fixture
def cpu_seconds() -> Iterator[None]:
    """Ends in a failure where the test took more than two seconds."""
    with less_than(2):
        yield
