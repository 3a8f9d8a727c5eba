import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.support.scripted_llm import closed_address
from chatbot.cli import commands
from chatbot.feedback import FILE, FeedbackStore, Rated, Rating
from chatbot.filters import EVERYWHERE
from tests.conftest import ROOT, free_port
from tests.support.canned import HAMA_ANSWER, WRITTEN_ANSWER
from tests.support.commands import CLEAN, Ran, run, table

FIELDS = "question standalone_question answer abstained reason as_of answered_by citations related blocks".split()
CITATION = "n article_id title source date url passage sentence start end".split()
BAD = {"empty.txt": b"", "binary.md": b"\x00\x01\xff\xfePNG", "bytes.txt": b"caf\x81\x8d and \x9d\x8f tea"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def indexed(folder: Path) -> Ran:
    """A run over the sample articles and three files that cannot be read."""
    shutil.copytree(ROOT / "articles", folder / "articles")
    (folder / "bad").mkdir()
    for name, content in BAD.items():
        (folder / "bad" / name).write_bytes(content)
    return run("index", folder / "articles", folder / "bad", "--data", folder / "data")


@pytest.fixture(scope="module")
def data(indexed: Ran, folder: Path) -> Path:
    """The data folder of the sample articles."""
    return folder / "data"


def test_a_question_is_answered_without_the_libraries_that_take_seconds_to_import(data: Path) -> None:
    slow = ["chromadb", "gradio", "sentence_transformers", "sklearn", "spacy.cli.download", "torch.nn", "transformers"]
    code = (
        "import sys; from chatbot.cli.commands import main; status = main(sys.argv[1:]);"
        f"print([name for name in {slow} if name in sys.modules], file=sys.stderr); sys.exit(status)"
    )
    command = [sys.executable, "-c", code, "ask", "Who controls Hama?", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=CLEAN, cwd=ROOT)
    assert done.returncode == 0 and "[1]" in done.stdout
    assert done.stderr == "[]\n"


def test_good_files_are_indexed_and_bad_ones_named(indexed: Ran) -> None:
    counts, refused = table(indexed.out)
    assert (counts["added"], counts["refused"]) == (11, 3)
    assert all(any(name in line for line in refused) for name in BAD) and len(refused) == 3
    assert indexed.status == 1


def test_there_is_no_progress_bar_where_the_output_is_no_terminal(indexed: Ran) -> None:
    assert "\r" not in indexed.err and "Embedding" not in indexed.err and "Traceback" not in indexed.err


def test_an_answer_is_printed_with_its_citations(data: Path) -> None:
    ran = run("ask", "Who controls Hama?", "--data", data)
    assert ran.status == 0 and ran.err == ""
    assert ran.out.startswith("As of 11 December 2024, Sample Desk:\n“")
    assert "\nEarlier, on " in ran.out and "\n[1] Truce in Manbij" in ran.out and "\n[2] " in ran.out


def test_one_object_is_printed_with_exactly_these_fields(
    here: Callable[..., Ran], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATBOT_DATA", str(data))
    ran = here("ask", "Who mediated the truce in Manbij?", "--json")
    [answer] = ran.objects
    assert list(answer) == FIELDS and ran.status == 0
    assert (answer["abstained"], answer["reason"], answer["as_of"]) == (False, None, "2024-12-11")
    citations = answer["citations"]
    assert isinstance(citations, list) and list(citations[0]) == CITATION
    assert citations[0]["sentence"] == "The United States mediated the truce in Manbij."
    assert citations[0]["end"] - citations[0]["start"] == len(citations[0]["sentence"])
    assert (citations[0]["n"], citations[0]["date"], citations[0]["url"]) == (1, "2024-12-11", None)


def test_lines_are_the_turns_of_one_conversation(data: Path) -> None:
    questions = ["Who controls Aleppo?", "And Homs?", "", "???", "a" * 100_000, "Who controls\x1b\x07 Kherson?"]
    ran = run("ask", "-", "--conversation", "--data", data, given="\n".join(questions))
    aleppo, homs, empty, long, kherson = ran.objects
    assert [list(answer) for answer in (aleppo, homs, kherson)] == [FIELDS] * 3
    assert homs["standalone_question"] == "Who controls Homs?" and homs["citations"] and not homs["abstained"]
    assert kherson["question"] == "Who controls Kherson?" and kherson["reason"] == "No article mentions Kherson."
    assert kherson["citations"] == [] and kherson["related"]
    assert "The question is empty" in str(empty["error"]) and "at most 2,000" in str(long["error"])
    assert ran.status == 1 and ran.err == ""


def test_lines_stand_alone_otherwise(here: Callable[..., Ran], data: Path) -> None:
    ran = here("ask", "-", "--data", data, given="Who controls Aleppo?\nAnd Homs?\n")
    assert [answer["standalone_question"] for answer in ran.objects] == ["Who controls Aleppo?", "And Homs?"]
    assert ran.status == 0


def test_a_question_is_narrowed_to_some_articles(here: Callable[..., Ran], data: Path) -> None:
    arguments = ["--data", data, "--source", "Sample Desk", "--as-of", "2024-12-03", "--json"]
    asked = "Who controls Hama?"
    for ran in (here("ask", asked, *arguments), here("ask", "-", *arguments, given=asked)):
        [answer] = ran.objects
        assert str(answer["as_of"]) <= "2024-12-03" and answer["citations"]


def test_articles_are_listed_and_removed(here: Callable[..., Ran], data: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(data, tmp_path / "data")
    _, first, *others = here("articles", "--data", copied).out.splitlines()
    assert first.endswith("Truce in Manbij and a new change in Deir ez-Zor") and len(others) == 10
    removed = here("articles", "remove", first.split()[0], "--data", copied)
    assert removed == Ran(0, "Removed: Truce in Manbij and a new change in Deir ez-Zor\n", "")
    assert here("articles", "list", "--data", copied).out.splitlines()[1:] == others


def test_the_board_and_its_claims_are_printed(here: Callable[..., Ran], data: Path) -> None:
    rows = {str(row["place"]): row for row in here("board", "--json", "--data", data).objects}
    for place, holder in (("Hama", "HTS"), ("Tell Rifaat", "SNA"), ("Daraa", "southern")):
        assert holder in str(rows[place]["controllers"]) and not rows[place]["disputed"]
    then = {str(row["place"]): row for row in here("board", "--json", "--as-of", "2024-12-01", "--data", data).objects}
    assert [then[place]["controllers"] for place in ("Hama", "Homs", "Damascus")] == [["government"]] * 3
    claims = here("claims", "--json", "--place", "Manbij", "--data", data).objects
    assert {"claims", "holds"} & {claim["status"] for claim in claims}
    assert all("Manbij" in str(claim["sentence"]) or claim["resolved_from"] for claim in claims)
    disputed = here("board", "--as-of", "2024-12-09", "--place", "Manbij", "--data", data).out
    assert "disputed: Syrian National Army" in disputed
    changed = here("board", "--changes", "--changed-since", "2024-12-04", "--as-of", "2024-12-05", "--data", data).out
    assert changed.startswith("# What changed from 4 December 2024") and "\n## Hama\n" in changed
    held = {row["place"] for row in here("board", "--json", "--controller", "SNA", "--data", data).objects}
    assert held >= {"Manbij", "Tell Rifaat"} and not held & {"Hama", "Daraa", "Damascus"}
    assert "is no day" in here("board", "--as-of", "yesterday", "--data", data).err


def test_ratings_are_printed_newest_first(here: Callable[..., Ran], tmp_path: Path) -> None:
    assert here("feedback", "--data", tmp_path) == Ran(0, "Nobody has rated an answer yet.\n", "")
    feedback = FeedbackStore(tmp_path / FILE)
    feedback.keep(Rated("a", Rating.UP), HAMA_ANSWER, EVERYWHERE)
    feedback.keep(Rated("b", Rating.DOWN, "Old."), WRITTEN_ANSWER, EVERYWHERE)
    with (tmp_path / FILE).open("a") as file:
        file.write('{"cut off')
    ran = here("feedback", "--data", tmp_path)
    _, newest, comment, oldest = ran.out.splitlines()
    assert "down" in newest and "Old." in comment and "Who controls Hama?" in oldest
    assert ran.err == "1 line of feedback.jsonl cannot be read.\n"
    assert [record["id"] for record in here("feedback", "--json", "--data", tmp_path).objects] == ["b", "a"]


def test_indexing_again_changes_nothing_and_prunes_what_is_gone(
    here: Callable[..., Ran], data: Path, folder: Path
) -> None:
    arguments = ["index", folder / "articles", "--data", data, "--prune"]
    (folder / "articles" / "extra.md").write_text("The council of Norvik met in the old harbour.")
    counts, _ = table(here(*arguments).out)
    assert (counts["added"], counts["unchanged"]) == (1, 11)
    (folder / "articles" / "extra.md").unlink()
    ran = here(*arguments, "--json")
    assert ran.status == 0 and len(json.loads(ran.out)["removed"]) == 1


@pytest.mark.parametrize("command", [[], ["serve"], ["index"], ["ask"], ["articles"], ["feedback"], ["users"]])
def test_help_reads_well(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        commands.main([*command, "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0 and text.startswith("usage: python app.py")
    assert max(map(len, text.splitlines())) <= 100 and "None" not in text
    assert ("--data DIR" in text) is bool(command)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["index", "/no/such/folder"], "/no/such/folder: there is no such file or folder."),
        (["index"], "There is nothing to index. Give files or folders"),
        (["ask", ""], "The question is empty. Type one, such as"),
        (["ask", "\x00\x1b"], "The question is empty. Type one, such as"),
        (["ask", "a" * 100_000], "The question has 100,000 characters, at most 2,000 are read."),
        (["ask", "Who?", "--source", "Nobody"], "No article is from the source 'Nobody'. Expected Sample Desk."),
        (["ask", "Who?", "--since", "2024-12-05", "--until", "2024-12-01"], "The first day, 5 December 2024, is after"),
        (["ask", "Who?", "--model", "gpt"], "Setting 'model' has value 'gpt'. Expected PROVIDER:NAME"),
        (["ask", "Who?", "--model", "nobody:x"], "names the unknown provider 'nobody'"),
        (["ask", "Who?", "--embedding-model", "other"], "was made with the embedding model 'all-MiniLM-L6-v2'"),
        (["ask", "Who?", "--chroma-url", "http://127.0.0.1:9"], "No Chroma server answers at http://127.0.0.1:9"),
        (["articles", "remove", "0000"], "No article has the id '0000'."),
        (["articles", "remove"], "Give ids with remove"),
        (["serve", "--port", "0"], "Setting 'port' has value '0'. Expected 1 to 65535."),
        (["serve", "--host", "0.0.0.0"], "At 0.0.0.0 others can reach the page. Say who may read it: CHATBOT_READERS="),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    failing: Callable[..., str], data: Path, arguments: list[str], message: str
) -> None:
    assert message in failing(*arguments, "--data", data)


def test_an_llm_that_cannot_be_reached_is_said_under_the_quotation(here: Callable[..., Ran], data: Path) -> None:
    address = closed_address()
    ran = here("ask", "Who controls Homs?", "--data", data, "--model", "openai:x", "--base-url", address)
    assert ran.status == 0 and "Homs" in ran.out
    assert f"The LLM openai:x at {address.removesuffix('/v1')} cannot be reached." in ran.out


def test_a_taken_port_is_said_with_a_way_out(failing: Callable[..., str], data: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as other:
        port = other.getsockname()[1]
        message = failing("--port", port, "--data", data)
    assert re.match(rf"Port {port} on 127.0.0.1 is taken. Choose another with --port, such as --port \d+\.$", message)


def test_a_broken_chroma_folder_is_rebuilt_and_answers(here: Callable[..., Ran], data: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(data, tmp_path / "data")
    [chroma] = broken.glob("chroma-*")
    (chroma / "chroma.sqlite3").write_bytes(b"no database at all" * 100)
    ran = here("ask", "Who mediated the truce in Manbij?", "--data", broken)
    assert ran.status == 0 and "United States" in ran.out
    assert ran.err.startswith("Chroma is rebuilt from the ledger: ") and ran.err.count("\n") == 1


def test_the_lines_for_another_page_are_printed(here: Callable[..., Ran]) -> None:
    ran = here("embed", "--url", "https://news.example/chat/", "--embed-origins", "https://intranet.example")
    assert ran.status == 0 and '<script src="https://news.example/chat/widget.js" async></script>' in ran.out
    assert ran.out.endswith("may embed it:\n    https://intranet.example\n")
    assert 'src="http://127.0.0.1:7860/embed"' in here("embed").out
    assert here("embed", "--embed-origins", "*").status == 1


def test_what_a_list_names_is_indexed_and_what_is_refused_is_said(here: Callable[..., Ran], tmp_path: Path) -> None:
    article = tmp_path / "bridge.txt"
    article.write_text("The bridge at Tolmin was closed to lorries.")
    (tmp_path / "list").write_text(f"# to read\n{article}\nhttp://127.0.0.1:9/a\nhttp://2130706433/\n")
    ran = here("index", "--data", tmp_path / "data", "--list", tmp_path / "list")
    assert ran.status == 1 and (counts := table(ran.out)[0])["added"] == 1 and counts["refused"] == 2
    assert "127.0.0.1, a loopback address" in ran.err + ran.out and "read differently" in ran.err + ran.out


def test_a_list_that_cannot_be_read_is_named(failing: Callable[..., str], tmp_path: Path) -> None:
    assert "The list /nonexistent cannot be read" in failing("index", "--data", tmp_path, "--list", "/nonexistent")
