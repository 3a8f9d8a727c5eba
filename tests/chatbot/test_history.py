import threading
from pathlib import Path

import pytest

from chatbot.errors import HistoryError
from chatbot.history import MOST_CONVERSATIONS, History

DAY = 86_400


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def turn(question: str, key: str = "", **more: str) -> dict[str, str]:
    return {"question": question, "text": f"About {question}", "record": "signed", "key": key or question, **more}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(tmp_path: Path, clock: Clock) -> History:
    return History(tmp_path, 30, clock=clock)


def titles(history: History, name: str, words: str = "") -> list[str]:
    return [conversation["title"] for conversation in history.conversations(name, words)]


def test_turns_are_kept_and_the_newest_conversation_comes_first(history: History, clock: Clock) -> None:
    for number, question in enumerate(["Who grows tea?", "And rice?"]):
        history.keep_turn("ada", "a", number, turn(question))
    clock.now += 5
    history.keep_turn("ada", "b", 0, turn("Where is it sold?"))
    assert titles(history, "ada") == ["Where is it sold?", "Who grows tea?"]
    assert [entry["question"] for entry in history.conversation("ada", "a")["turns"]] == ["Who grows tea?", "And rice?"]
    assert titles(history, "ada", "RICE tea") == ["Who grows tea?"] and titles(history, "ada", "zebra") == []


def test_nobody_sees_another_accounts_conversations(history: History) -> None:
    history.keep_turn("ada", "a", 0, turn("Who grows tea?"))
    assert history.conversations("bob") == []
    with pytest.raises(HistoryError, match="no such conversation"):
        history.conversation("bob", "a")
    history.delete("bob", "a")
    assert titles(history, "ada") == ["Who grows tea?"]


@pytest.mark.parametrize("id", ["", "..", "../ada/a", "a/b", "a" * 65, "\ud800", "a\0"])
def test_an_id_is_no_path(history: History, id: str) -> None:
    with pytest.raises(HistoryError):
        history.keep_turn("ada", id, 0, turn("Who?"))


def test_a_turn_that_is_asked_again_takes_its_place(history: History) -> None:
    history.keep_turn("ada", "a", 0, turn("Who?", "k1"))
    history.keep_turn("ada", "a", 0, turn("Who?", "k1", record="whole"))
    history.keep_turn("ada", "a", 0, turn("Who?", "k2", replaces="k1"))
    assert [entry["key"] for entry in history.conversation("ada", "a")["turns"]] == ["k2"]


def test_what_another_page_wrote_is_not_written_over(history: History) -> None:
    history.keep_turn("ada", "a", 0, turn("Who?", "k1"))
    for number, key in ((0, "k9"), (2, "k3"), (-1, "k1")):
        with pytest.raises(HistoryError, match="Load the page again"):
            history.keep_turn("ada", "a", number, turn("What?", key))


def test_conversations_end_after_their_days(history: History, clock: Clock, tmp_path: Path) -> None:
    history.keep_turn("ada", "a", 0, turn("Who?"))
    clock.now += 20 * DAY
    history.rename("ada", "a", "Renamed")
    history.keep_turn("ada", "b", 0, turn("What?"))
    clock.now += 11 * DAY
    assert titles(history, "ada") == ["What?"]
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_what_is_deleted_is_gone_from_the_disk(history: History, tmp_path: Path) -> None:
    for id in ("a", "b", "c"):
        history.keep_turn("ada", id, 0, turn(f"Who is {id}?"))
    history.delete("ada", "a")
    history.delete("ada", "a")
    assert len(list(tmp_path.rglob("*.json"))) == 2
    history.delete_all("ada")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [] and history.conversations("ada") == []


def test_a_title_is_one_line_and_never_empty(history: History) -> None:
    history.keep_turn("ada", "a", 0, turn("Who?"))
    history.rename("ada", "a", "  Tea \n and rice ")
    history.rename("ada", "a", " \n ")
    assert titles(history, "ada") == ["Tea and rice"]
    with pytest.raises(HistoryError):
        history.rename("ada", "b", "Other")


def test_one_account_cannot_fill_the_disk(history: History, clock: Clock) -> None:
    for number in range(MOST_CONVERSATIONS + 2):
        clock.now += 1
        history.keep_turn("ada", str(number), 0, turn(f"Question {number}"))
    remaining = titles(history, "ada")
    assert len(remaining) == MOST_CONVERSATIONS and remaining[-1] == "Question 2"


def test_the_files_are_the_owners_alone(history: History, tmp_path: Path) -> None:
    history.keep_turn("ada", "a", 0, turn("Who?"))
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")} == {0}


def test_readers_at_once_lose_nothing(history: History) -> None:
    def work(name: str) -> None:
        for number in range(20):
            history.keep_turn(name, "a", number, turn(f"{name} {number}"))
            history.conversations(name)

    threads = [threading.Thread(target=work, args=(f"reader{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(history.conversation(f"reader{n}", "a")["turns"]) == 20 for n in range(6))
