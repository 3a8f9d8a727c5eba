import os
from pathlib import Path

from playwright.sync_api import Browser, expect

from chatbot.settings import ENVIRONMENT
from tests.conftest import ROOT, free_port
from tests.support.page import ask, box
from tests.support.program import Program, run

HAMA = ROOT / "articles" / "2024-12-05-hama-changes-hands.md"
CLEAN = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}


def sealed(log: Path, *arguments: object) -> tuple[object, ...]:
    return "-m", "tests.support.sealed", log, *arguments


def test_nothing_is_asked_of_another_machine(browser: Browser, tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    command = sealed(log, "--index", HAMA, "--data", tmp_path / "data", "--port", port)
    with Program(*command, env=CLEAN) as server:
        assert [server.stdout.readline() for _ in range(2)][1].startswith("The page answers")
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}")
        expect(box(page)).to_be_visible()
        ask(page, "Who controls Hama?")
        expect(page.locator("#live button.c").first).to_be_visible()
        page.close()
        server.terminate()
        assert server.wait(timeout=15) == 0
    assert not log.exists(), log.read_text()


def test_an_attempt_to_reach_another_machine_is_noticed(tmp_path: Path) -> None:
    log, data = tmp_path / "log", tmp_path / "data"
    indexed = run(*sealed(log, "index", HAMA, "--data", data), env=CLEAN)
    assert indexed.returncode == 0 and not log.exists()
    llm = ("--model", "openai:x", "--base-url", "http://192.0.2.1/v1", "--retries", 0)
    asked = sealed(log, "ask", "Who controls Hama?", "--data", data, *llm)
    run(*asked, env={**CLEAN, "CHATBOT_API_KEY": "x"})
    assert "192.0.2.1" in log.read_text()
