import datetime

import pytest

from index.language.publication import DATELINE, OWN_LINE, publication_date

DAY = datetime.date(2024, 12, 5)


@pytest.mark.parametrize("text", [
    "MARLOW, 5 December 2024 (Reuters) - The council voted.", "LONDON (AP), December 5, 2024 — It rained.",
    "A headline\nOld Marlow, Oakshire, Dec. 5, 2024: The council voted.",
])
def test_a_dateline_gives_the_day(text: str) -> None:
    assert publication_date(text) == (DAY, DATELINE)


@pytest.mark.parametrize("text", [
    "Harbour\nBy Paula Renn\n5 December 2024\nThe bridge, which opened on 4 May 1931, is shut.",
    "Last updated 20 December 2024. First published 5 December 2024.",
    "Received: 12 January 2024. Accepted: 20 February 2024.\nPublished online: 5 December 2024",
    "Title\nThursday, December 5, 2024 10:15 a.m. ET", "Anna Reader | Marlow Post | 5 December 2024",
    "Posted on December 5, 2024 by Anna Reader", "By Anna Reader, 5 December 2024", "T\n2024-12-05T10:00:00Z\nLead.",
    "Updated December 6, 2024 at 4:05 p.m. EST | Published December 5, 2024 at 1:00 p.m. EST",
])
def test_a_line_of_its_own_gives_the_day(text: str) -> None:
    assert publication_date(text) == (DAY, OWN_LINE)


@pytest.mark.parametrize("text", [
    "Bridge\n\nThe bridge, which opened on 4 May 1931, will be shut.", "As of 4 May 1931 the town had no bridge.",
    "On 4 May 1931 - the day it opened - it rained.", "Marlow voted on 5 May 2023: the mayor won.",
    "Vote on bridge tax on 5 November 2023", "Terms updated 1 January 2019", "Site last updated 1 February 2024.",
    "Copyright 2019 Marlow Post. All rights reserved. Terms updated 1 January 2019",
    "It fell on December 5, 2024. (Berg)",
    "T\nPublished 5 May 2099\nLead.", "MARLOW, 5 May 2099 - The council voted.", "T\nPublished: 04/03/2024\nLead.",
    "5 March 2024\nThe bridge was shut.\n6 March 2024\nIt opened.", "It was in December 2024.", "Nothing.", "",
])
def test_a_day_of_something_else_or_still_to_come_is_unknown(text: str) -> None:
    assert publication_date(text) is None


def test_the_language_tells_a_numeric_date() -> None:
    assert publication_date("T\nPublished: 05/12/2024\nLead.", "en-GB") == (DAY, OWN_LINE)
