import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.errors import DataFolderError, LockedError
from index.storage.lock import DataLock, FolderLock, WriteTurn

HOLD = "import sys, time; from pathlib import Path; from index.storage.lock import DataLock; " \
    "lock = DataLock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"


def hold(folder: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_refused_with_the_holders_name(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    try:
        with pytest.raises(LockedError, match=f"written by process {holder.pid} .*since .* seconds? ago.*--wait"):
            DataLock(tmp_path)
    finally:
        holder.kill()
        holder.wait()


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "lock.json").exists()
    DataLock(tmp_path).release()


def test_a_released_lock_can_be_taken_and_releasing_twice_does_no_harm(tmp_path: Path) -> None:
    first = DataLock(tmp_path)
    first.release()
    second = DataLock(tmp_path)
    first.release()
    with pytest.raises(LockedError, match=f"process {os.getpid()}"):
        DataLock(tmp_path)
    second.release()


def test_another_thread_may_release(tmp_path: Path) -> None:
    lock = DataLock(tmp_path)
    thread = threading.Thread(target=lock.release)
    thread.start()
    thread.join()
    DataLock(tmp_path).release()


@pytest.mark.parametrize("folder", ["/proc", "/sys/kernel"])
def test_a_folder_that_cannot_be_written_is_named(folder: str) -> None:
    with pytest.raises(DataFolderError, match=f"The data folder {folder} cannot be written: .*--data"):
        DataLock(Path(folder))


def test_one_that_waits_says_for_whom_and_goes_on_when_it_is_free(tmp_path: Path) -> None:
    holder, messages = hold(tmp_path), list[str]()
    threading.Timer(0.5, holder.kill).start()
    DataLock(tmp_path, wait_seconds=30, say=messages.append).release()
    holder.wait()
    [message] = messages
    assert f"written by process {holder.pid}" in message and message.endswith("Waiting for it.")


def test_one_that_has_waited_long_enough_is_refused(tmp_path: Path) -> None:
    first = DataLock(tmp_path)
    with pytest.raises(LockedError, match="after 0.3 seconds of waiting"):
        DataLock(tmp_path, wait_seconds=0.3)
    first.release()


def test_an_own_folder_is_nobody_elses_and_goes_with_its_lock(tmp_path: Path) -> None:
    own = FolderLock(tmp_path / "copy")
    (own.folder / "inside").mkdir(parents=True)
    with pytest.raises(LockedError, match="copy is in use by another process"):
        FolderLock(tmp_path / "copy")
    own.release()
    assert list(tmp_path.iterdir()) == []


def test_a_turn_is_one_threads_who_may_take_it_again_and_lets_those_that_wait_go_first() -> None:
    turn, order = WriteTurn(), list[str]()
    turn.take(nothing)
    turn.take(nothing)

    def wait(name: str) -> None:
        turn.take(lambda: order.append(f"{name} waits"))
        order.append(name)
        turn.release()

    threads = [threading.Thread(target=wait, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
        while f"{'ab'[threads.index(thread)]} waits" not in order:
            time.sleep(0.01)
    time.sleep(0.05)
    assert turn.wanted
    turn.take_back(turn.let_go())
    order.append("first again")
    assert sorted(order[2:4]) == ["a", "b"] and order[4] == "first again" and not turn.wanted
    turn.take_back(turn.let_go())
    turn.release()
    assert turn.is_own
    turn.release()
    assert not turn.is_own
    wait("c")
    assert order[-1] == "c"


def test_who_cannot_be_told_that_it_waits_does_not_take_its_turn() -> None:
    turn, failed = WriteTurn(), list[str]()
    turn.take(nothing)

    def wait() -> None:
        try:
            turn.take(lambda: 1 // 0)  # type: ignore[arg-type]
        except ZeroDivisionError:
            failed.append("told")

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    turn.take_back(turn.let_go())
    turn.release()
    turn.take(nothing)
    assert failed == ["told"] and not turn.wanted


def test_a_turn_that_was_let_go_is_another_threads_until_that_one_lets_go_too() -> None:
    turn, order = WriteTurn(), list[str]()
    turn.take(nothing)
    depth = turn.let_go()
    turn.release()

    def take() -> None:
        turn.take(nothing)
        order.append("other")
        while not turn.wanted:
            time.sleep(0.01)
        inner = turn.let_go()
        turn.take_back(inner)
        order.append("other again")
        turn.release()

    thread = threading.Thread(target=take)
    thread.start()
    while "other" not in order:
        time.sleep(0.01)
    turn.release()
    turn.take_back(depth)
    order.append("first")
    turn.release()
    thread.join()
    assert order == ["other", "first", "other again"] and not turn.wanted


def nothing() -> None:
    """Nobody is told."""


def test_who_waits_is_told_the_name_though_the_holder_writes_it_after_it_took_the_lock(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    try:
        named = (tmp_path / "lock.json").read_text()
        (tmp_path / "lock.json").unlink()
        threading.Timer(0.4, lambda: (tmp_path / "lock.json").write_text(named)).start()
        lines: list[str] = []
        with pytest.raises(LockedError):
            DataLock(tmp_path, wait_seconds=1.5, say=lines.append)
        assert len(lines) == 1 and f"by process {holder.pid} " in lines[0]
    finally:
        holder.kill()
        holder.wait()
