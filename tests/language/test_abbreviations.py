import pytest

from index.language.abbreviations import find_aliases


@pytest.mark.parametrize("text, pairs", [
    ("led by Hayat Tahrir al-Sham (HTS), had", {("HTS", "Hayat Tahrir al-Sham")}),
    ("The Syrian Democratic Forces (SDF) and the World Health Organization (WHO)",
     {("SDF", "Syrian Democratic Forces"), ("WHO", "World Health Organization")}),
    ("A ferry. (Berg)", set()),
    ("the army (RAF) left", set()),
    ("(HTS) opened", set()),
    ("", set()),
])
def test_short_names_are_found_where_they_are_introduced(text: str, pairs: set[tuple[str, str]]) -> None:
    assert find_aliases(text) == pairs


def test_a_long_name_does_not_cross_a_line() -> None:
    assert find_aliases("Northern\n\nFerry Lines (NFL)") == set()
