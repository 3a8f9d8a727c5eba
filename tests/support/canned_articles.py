"""Three articles, one of them hostile, that the canned chain quotes, and what is said where they cannot be read."""

import datetime

from index.article import Article
from index.errors import DataFolderError

DAMAGED = DataFolderError("The ledger /secret detail/ledger.sqlite is damaged.")

HAMA = Article(
    id="0123456789abcdef",
    title="Hama changes hands",
    source="Sample Desk",
    author="A. Writer",
    date=datetime.date(2024, 12, 5),
    url="https://news.example/hama",
    text="Hama, a city in the middle of Syria, lies on the M5 motorway between Aleppo and Damascus. For four days the "
    "fighting stood still outside it, in the villages to the north and on the hill of Zayn al-Abidin.\n\nOpposition "
    "forces took the city of Hama on Thursday. The army said that it had withdrawn its units from Hama. Fighters "
    "entered from the north-east after three days of fighting outside the city. They opened the central prison and "
    "drove on to the main square, where a crowd had gathered by the afternoon.\n\nThe road to Homs, the next city to "
    "the south, was open on Thursday evening.\n" + "\nNothing further was reported from the city that night.\n" * 12,
)
LINES = Article(
    id="fedcba9876543210",
    title="Front lines on the first of December",
    source="Sample Desk",
    date=datetime.date(2024, 12, 1),
    text="Hama, Homs and Damascus remained in the hands of the government. Further north, most of Aleppo is held by "
    "the opposition.",
)
HOSTILE_TEXT = (
    '<img src=http://evil.example/a.png onerror="document.title=1"> ![x](http://evil.example/b.png) '
    "<script>document.title = 2</script> ${document.title=3} {{constructor}} [link](javascript:alert(1)) & <b>bold</b>"
)
HOSTILE = Article(
    id="aaaaaaaaaaaaaaaa",
    title=f'"> <svg/onload=document.title=4> {HOSTILE_TEXT}',
    source="<i>Desk</i>",
    date=None,
    url="javascript:document.title=5",
    text=f"Before. {HOSTILE_TEXT} After.",
)
