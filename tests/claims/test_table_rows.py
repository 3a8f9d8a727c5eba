"""Claims from a table: a Markdown file is read row by row, each cell with the head of its column."""

import datetime

from index.claims.extract import annotate, claims_of
from index.language.parser import Parser
from index.language.sentences import sentence_spans
from index.limits import FileLimits
from index.readers.plain import read_markdown

DAY = datetime.date(2031, 3, 12)
TABLE = """# Report

| Town | Held by | Since |
|---|---|---|
| Lindby | Norrland army | 4 March |
| Osterfors | rebels | |
| Vik | no data | |

| Town | People | Schools |
|---|---|---|
| Lindby | 4,000 | Two |
"""


def test_a_row_keeps_the_heads_of_its_columns_and_tells_who_holds_a_place() -> None:
    lines = read_markdown(TABLE.encode(), FileLimits()).lines
    assert lines[1:3] == ["Town: Lindby; Held by: Norrland army; Since: 4 March", "Town: Osterfors; Held by: rebels"]
    text = "\n\n".join(lines)
    claims = claims_of("Report", DAY, annotate(text, DAY, sentence_spans(text), Parser()))
    assert [(claim.place, claim.holder) for claim in claims] == [("Lindby", "Norrland army"), ("Osterfors", "rebels")]
    assert claims[0].since == datetime.date(2031, 3, 4) and text[claims[0].start : claims[0].end] == lines[1]
