import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.feedback import FILE, FeedbackStore, Rated, Rating
from chatbot.filters import QuestionFilter
from index.private_files import close_to_others, make_private_folder
from tests.support.canned import WRITTEN_ANSWER
from tests.support.program import run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The umask of a machine that shares everything."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "data")
    make_private_folder(tmp_path / "a" / "data")
    assert mode(tmp_path / "a" / "data") == 0o700
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="there is a file of this name"):
        make_private_folder(tmp_path / "file")


@pytest.mark.usefixtures("open_umask")
def test_what_is_kept_is_closed_and_what_is_not_ours_left(tmp_path: Path) -> None:
    (tmp_path / "chroma-1" / "inner").mkdir(parents=True)
    other, outside = tmp_path / "letters.txt", tmp_path.parent / f"{tmp_path.name}-outside"
    private = [tmp_path / name for name in ("ledger.sqlite", "ledger.sqlite-wal", "feedback.jsonl", "chroma-1/inner/x")]
    for path in (other, outside, *private):
        path.write_text("x")
    (tmp_path / "chroma-1" / "link").symlink_to(outside)
    close_to_others(tmp_path)
    assert {mode(path) for path in private} == {0o600}
    assert mode(tmp_path / "chroma-1" / "inner") == mode(tmp_path) == 0o700
    assert mode(other) == mode(outside) == 0o666


@pytest.mark.usefixtures("open_umask")
def test_ratings_are_for_their_owner_alone(tmp_path: Path) -> None:
    FeedbackStore(tmp_path / FILE).keep(Rated("1", Rating.UP), WRITTEN_ANSWER, QuestionFilter())
    assert mode(tmp_path / FILE) == 0o600


def test_all_that_a_command_keeps_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    code = "import os, runpy; os.umask(0); runpy.run_path('app.py', run_name='__main__')"
    assert run("-c", code, "index", "articles", "--data", data).returncode == 0
    everything = list(data.rglob("*"))
    assert len(everything) > 4
    assert {mode(path) for path in [data, *everything] if path.is_dir()} == {0o700}
    assert {mode(path) for path in everything if path.is_file()} == {0o600}
