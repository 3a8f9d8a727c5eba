import pytest

from tests.support.memory import measure

pytestmark = pytest.mark.slow_first


@pytest.mark.parametrize("conversations", [False, True])
def test_memory_does_not_grow_with_the_questions_asked(conversations: bool) -> None:
    first, last = measure(50, 250, conversations=conversations)
    assert last < first * 1.1
