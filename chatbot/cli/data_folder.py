"""Opens the collection in the data folder, and says where there is none."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from chatbot.errors import SettingsError
from chatbot.settings import Settings
from index.groups import read_groups

if TYPE_CHECKING:
    from index.collection import Collection


@contextmanager
def open_collection(
    settings: Settings, *, writing: bool = False, reembedding: bool = False, loading: bool = True,
    questions_only: bool = False, mending: bool = True, new: bool = False,
) -> Iterator["Collection"]:
    """The collection in the data folder. Only with `new` the folder is made where it is missing."""
    from index.collection import Collection
    from index.storage.index_files import LEDGER_FILE

    if not new:
        require_data_folder(settings, file=LEDGER_FILE)
    collection = Collection(
        settings.data,
        embedding_model=settings.embedding_model,
        chroma_url=settings.chroma_url,
        writing=writing,
        reembedding=reembedding,
        loading=loading,
        questions_only=questions_only,
        mending=mending,
        wait_seconds=settings.wait_seconds,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    try:
        yield collection
    finally:
        collection.close()


@contextmanager
def opened_for(collection: "Collection", groups: Sequence[str] | None) -> Iterator["Collection"]:
    """The collection as readers in these groups see it; the whole of it without any. Raises GroupError."""
    if groups is None:
        yield collection
        return
    from index.readership import Readership

    with closing(Readership(collection).view(read_groups(groups))) as view:
        yield view


def require_data_folder(settings: Settings, *, file: str = "") -> None:
    """Raises SettingsError where the data folder is missing, or `file` in it: nothing is made where one only reads."""
    if not settings.data.is_dir():
        problem = f"There is no data folder '{settings.data}'."
    elif file and not (settings.data / file).exists():
        problem = f"The folder '{settings.data}' holds no index."
    else:
        return
    raise SettingsError(
        f"{problem} Check --data (or CHATBOT_DATA), or index articles into it first: "
        f"python app.py index PATH --data {settings.data}"
    )


def refuse_missing_folder(settings: Settings) -> None:
    """Raises SettingsError where a data folder that somebody has named is missing: its name may be mistyped. Only
    `serve` and `index` make such a one."""
    if settings.data != Settings().data and not settings.data.is_dir():
        raise SettingsError(
            f"There is no data folder '{settings.data}'. Check --data (or CHATBOT_DATA). Where it shall be a new one, "
            f"make it first: mkdir -p {shlex.quote(str(settings.data))}"
        )


def mention_new_folder(settings: Settings) -> None:
    """Says that a data folder is made: where its name was mistyped, that is what the person should see."""
    if not settings.data.exists():
        print(f"The data folder '{settings.data}' is new. It holds no articles and no accounts yet.", file=sys.stderr)
