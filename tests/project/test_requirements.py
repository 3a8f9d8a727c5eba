import re

import pytest

from tests.conftest import ROOT

LEFT_OUT = {"torch"}


def pins(name: str) -> set[str]:
    """The NAME==VERSION at the start of each line, without its hashes and reasons."""
    return set(re.findall(r"^[\w.-]+==[^\s;\\]+", (ROOT / name).read_text(), re.MULTILINE))


def test_every_pin_but_that_of_torch_has_hashes() -> None:
    expected = {pin for pin in pins("requirements.txt") if pin.partition("==")[0] not in LEFT_OUT}
    assert pins("requirements.hashes.txt") == expected, "run `make hashes` after a change of requirements.txt"


def test_no_pin_is_without_a_hash() -> None:
    entries = re.split(r"^(?=[\w.-]+==)", (ROOT / "requirements.hashes.txt").read_text(), flags=re.MULTILINE)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("step", ["--no-deps --require-hashes -r requirements.hashes.txt", "-r requirements.txt"])
def test_make_and_the_readme_install_the_same(step: str) -> None:
    assert f"pip install {step}" in (ROOT / "README.md").read_text()
    assert f"-q {step}\n" in (ROOT / "Makefile").read_text()
