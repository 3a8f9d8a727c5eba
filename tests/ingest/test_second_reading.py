import json
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.support.prompts import sentences_of
from benchmarks.support.scripted_llm import ScriptedLLM, closed_address
from index.article import Article
from index.claim import Origin
from index.claims.reading_check import Fault
from index.collection import Collection
from index.errors import SecondReadingError
from index.ingest.corrections import correct_article
from index.ingest.export import export_articles, import_articles
from index.ingest.integrity import audit, repair
from index.ingest.run import index_paths
from index.ingest.second_reading import Excerpt, SecondReport, read_articles
from index.search.embedder import BUNDLED
from tests.support.corpus import write
from tests.support.ledgers import change
from tests.support.program import run
from tests.support.second_reading import FILLER, ORDERS, SHOW, claim, claims, honest, read, reader


def test_what_an_llm_reads_is_kept_labelled_and_not_read_twice(opened: Collection, server: ScriptedLLM) -> None:
    report = read(opened, server)
    assert (report.articles, report.claims, report.faults.total()) == (2, 2, 0)
    assert {(each.place, each.holder, each.origin) for each in claims(opened)} == {
        ("Pellan", "Lunar Guard", Origin.LLM), ("Korvik", "Free Militia", Origin.LLM),
    }
    for ident, each in opened.claims():
        assert opened.article(ident).text[each.start : each.end] in (SHOW, ORDERS)
    assert audit(opened).faults == []
    assert read(opened, server) == SecondReport() and len(server.readings) == 2
    first = json.dumps(server.readings[0].body)
    assert "title: Pellan" in first and "date: 20 May 2024" in first and "</passage-" in first


def test_a_moved_file_and_a_copy_for_other_readers_are_not_read_again(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    read(opened, server)
    before, articles = opened.claims(), tmp_path / "articles"
    (articles / "pellan.md").rename(articles / "moved.md")
    assert index_paths(opened, [articles], prune=True).updated == ["Pellan"] and opened.claims() == before
    copy = write(tmp_path / "copies", "korvik.md", f"{ORDERS} {FILLER}", title="Korvik", date="2024-05-19")
    assert index_paths(opened, [copy], groups=["board"]).added == ["Korvik"]
    assert sorted(each.place for each in claims(opened)) == ["Korvik", "Korvik", "Pellan"]
    assert opened.claim_store.unread() == () and audit(opened).faults == []


def test_what_is_not_in_the_article_is_dropped_and_counted(opened: Collection, server: ScriptedLLM) -> None:
    entries = [
        claim("The Lunar Guard holds Pellan.", "Pellan", "Lunar Guard"),
        claim(SHOW, "Osterby", "Lunar Guard"),
        claim(SHOW, "Pellan", "Lunar Guard", "conquered"),
        claim(SHOW, "Pellan", "Free Militia"),
        {"place": "Pellan"},
        {**claim(SHOW, "Pellan", "Lunar Guard"), "said_by": ["x"]},
        claim(SHOW, "Pellan", "Lunar Guard"),
    ]
    server.claims = lambda sentences: json.dumps({"claims": entries if SHOW in sentences else []})
    report = read(opened, server)
    assert [each.place for each in claims(opened)] == ["Pellan"] and report.claims == 1
    assert report.faults == {
        Fault.SENTENCE: 1, Fault.PLACE: 1, Fault.STATUS: 1, Fault.CONTROLLER: 1, Fault.FORM: 2,
    }


def test_an_llm_that_talks_nonsense_is_named_and_given_up(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    server.claims = lambda sentences: "Once upon a time" if SHOW not in sentences else honest(sentences)
    report = read(opened, server)
    assert report.claims == 1 and len(report.unreadable) == 1
    assert report.unreadable[0].startswith("'Korvik': The LLM openai:scripted wrote no list of claims, but: “Once upon")
    for n in range(3):
        write(tmp_path / "more", f"{n}.md", f"Report {n}. {FILLER}", title=f"R{n}", date="2024-06-01")
    index_paths(opened, [tmp_path / "more"])
    with pytest.raises(SecondReadingError, match="Use a larger model, or raise --max-tokens"):
        read(opened, server)
    assert len(claims(opened)) == 1 and audit(opened).faults == []
    server.claims = honest
    assert read(opened, server).claims == 1


def test_an_answer_that_is_cut_off_is_asked_for_in_smaller_parts(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    asked: list[int] = []

    def brief(sentences: list[str]) -> str:
        asked.append(len(sentences))
        return honest(sentences) if len(sentences) <= 3 else honest(sentences)[:40]

    server.claims = brief
    lines = [f"{FILLER[:-1]} of day {n}." for n in range(11)]
    write(tmp_path / "more", "long.md", " ".join([*lines, SHOW]), title="Long", date="2024-06-01")
    index_paths(opened, [tmp_path / "more"])
    assert read(opened, server).claims == 3 and asked[:3] == [12, 12, 3]


def test_an_answer_that_its_tokens_cut_off_is_asked_for_in_smaller_parts_and_with_schemas_from_then_on(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    lines = [f"{FILLER[:-1]} of day {n}." for n in range(13)]
    write(tmp_path / "more", "long.md", " ".join([SHOW, ORDERS, *lines]), title="Long", date="2024-06-01")
    index_paths(opened, [tmp_path / "more"])
    # One claim fits, two do not.
    server.most_characters = len(honest([SHOW])) + 20
    report = read(opened, server)
    asked = [len(sentences_of(server.prompt_of(request))) for request in server.readings]
    assert asked == [12, 3, 2, 2] and len(report.unreadable) == 1 and "(CHATBOT_MAX_TOKENS)" in report.unreadable[0]
    server.most_characters = len(honest([SHOW, ORDERS])) + 20
    assert read(opened, server).unreadable == []
    assert all("response_format" in request.body for request in server.readings)


@pytest.mark.parametrize("written, has_schemas", [("Once upon a time", False), ('{"claims": [{"sen', True)])
def test_only_who_does_not_write_in_a_schema_at_all_is_no_longer_asked_for_one(
    server: ScriptedLLM, written: str, has_schemas: bool
) -> None:
    server.claims = lambda sentences: written
    reads = reader(server.base_url)
    excerpt = Excerpt(Article("a1", SHOW, "Pellan"), [SHOW])
    with pytest.raises(SecondReadingError):
        reads.read(excerpt, lambda: False)
    server.claims = honest
    readings = reads.read(excerpt, lambda: False)
    assert readings is not None and [reading.place for reading in readings] == ["Pellan"]
    assert ["response_format" in request.body for request in server.readings] == [True, False, has_schemas]


def test_an_llm_that_is_down_or_slow_is_told_of_and_the_rules_claims_stay(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    write(tmp_path / "more", "rules.md", "The Lunar Guard seized Tolmin.", title="Tolmin", date="2024-06-01")
    index_paths(opened, [tmp_path / "more"])
    with pytest.raises(SecondReadingError, match="cannot be reached. Check that it is running"):
        read_articles(opened, reader(closed_address(), retries=0), report=SecondReport())
    server.claims = None
    began = time.monotonic()
    with pytest.raises(SecondReadingError, match="did not answer for 0.3 seconds"):
        read(opened, server, timeout_seconds=0.3)
    assert time.monotonic() - began < 20
    server.behaviour = "401"
    with pytest.raises(SecondReadingError, match="refused the key"):
        read(opened, server)
    assert [each.place for each in claims(opened)] == ["Tolmin"]


def test_a_server_that_knows_no_schemas_is_asked_plainly(opened: Collection, server: ScriptedLLM) -> None:
    server.knows_schemas = False
    server.claims = lambda sentences: f"Sure! Here it is:\n```json\n{honest(sentences)}\n```"
    assert read(opened, server).claims == 2
    assert ["response_format" in request.body for request in server.readings] == [True, False, False]


def test_a_new_text_is_read_again_and_what_is_removed_goes(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    read(opened, server)
    # The same text with another title: what was read stays.
    write(tmp_path / "articles", "korvik.md", f"{ORDERS} {FILLER}", title="Korvik now", date="2024-05-19")
    write(tmp_path / "articles", "pellan.md", f"{FILLER} {FILLER[:-1]} again.", title="Pellan", date="2024-05-20")
    index_paths(opened, [tmp_path / "articles"])
    assert [each.place for each in claims(opened)] == ["Korvik"] and read(opened, server).articles == 1
    [korvik] = [row.id for row in opened.articles() if row.title == "Korvik now"]
    opened.remove(korvik)
    assert claims(opened) == [] and list(opened.claim_store.unread()) == []


def test_days_follow_the_date_of_the_article(opened: Collection, server: ScriptedLLM, tmp_path: Path) -> None:
    sentence = "On Monday the Lunar Guard ran up its colours in Pellan."
    write(tmp_path / "articles", "pellan.md", sentence, title="Pellan", date="2024-05-21")
    index_paths(opened, [tmp_path / "articles"])
    read(opened, server)
    pellan = next(ident for ident, each in opened.claims() if each.place == "Pellan")
    assert [each.since.day for each in claims(opened) if each.since] == [20]
    correct_article(opened, pellan, {"date": "2024-05-28"}, "ada")
    assert [each.since.day for each in claims(opened) if each.since] == [27] and opened.claim_store.unread() == ()


def test_what_was_read_comes_back_from_an_export_if_it_stands_the_check(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    read(opened, server)
    export_articles(opened, tmp_path / "export.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "export.jsonl").read_text().splitlines()]
    forged = next(line for line in lines if line["title"] == "Korvik")
    forged["claims_by_llm"]["claims"].append({"sentence": "No.", "place": "Osterby", "status": "holds"})
    broken = {**forged, "id": "ab" * 8, "claims_by_llm": {"claims": 3}}
    (tmp_path / "export.jsonl").write_text("\n".join(map(json.dumps, [*lines, broken])))
    with closing(Collection(tmp_path / "other", embedding_model=BUNDLED, writing=True)) as other:
        report = import_articles(other, tmp_path / "export.jsonl")
        assert len(report.added) == 2 and "it is no exported article" in str(report.refused[0])
        assert sorted(map(repr, claims(other))) == sorted(map(repr, claims(opened)))
        assert other.claim_store.unread() == () and audit(other).faults == []


def test_a_claim_that_does_not_fit_its_sentence_is_found_and_mended(
    opened: Collection, server: ScriptedLLM
) -> None:
    read(opened, server)
    for damage, message in (
        ("UPDATE claim SET place = 'Osterby' WHERE place = 'Pellan'", "of which its sentence says nothing"),
        ("UPDATE claim SET start_at = start_at + 1 WHERE place = 'Pellan'", "points at no sentence"),
    ):
        change(opened.data, damage)
        findings = audit(opened)
        assert message in " ".join(findings.faults)
        assert repair(opened, findings, lambda total: lambda done: None).faults == []
        assert [each.place for each in claims(opened)] == ["Korvik"]
        assert read(opened, server).claims == 1


def test_without_an_llm_nothing_is_read(tmp_path: Path) -> None:
    done = run("app.py", "index", "--claims-by-llm", "--data", tmp_path / "data")
    assert done.returncode == 1 and "needs an LLM, and none is set" in done.stderr
    assert not (tmp_path / "data").exists()


def test_claims_of_a_changed_article_are_not_kept(opened: Collection, server: ScriptedLLM, tmp_path: Path) -> None:
    def changed(sentences: list[str]) -> str:
        write(tmp_path / "articles", "pellan.md", f"{SHOW} {FILLER}", title="Pellan", date="2024-05-20")
        index_paths(opened, [tmp_path / "articles"])
        return honest(sentences)

    server.claims = changed
    report = read(opened, server)
    assert report.claims == 1 and len(opened.claim_store.unread()) == 1
    assert replace(report, faults=report.faults).articles == 1
