"""What can go wrong below the chatbot, each with a message for the person who has to mend it.

IndexingError
├── ReadError               one file cannot become an article; the run goes on without it
│   └── FetchError          one web address cannot be fetched, or may not be
├── DataFolderError         the data folder cannot be made, read or written
│   └── LockedError         another process holds the index
├── ModelError              the embedding model cannot be loaded, or is not the one the index was made with
├── VectorStoreError        Chroma cannot be opened, filled or searched
├── SecondReadingError      the LLM that reads articles a second time fails, or writes what cannot be read
├── StoppedError            a run was stopped by who asked for it, or with the program
├── CorrectionError         an article cannot be given this title, source, author, date or URL
├── NameDecisionError       these two names of controllers cannot be merged or kept apart
├── SourceError             this feed or folder cannot be watched, or is not
├── GroupError              this cannot be the name of a group of readers
└── ArticleNotFoundError    no article has this id
"""

from index.message import named


class IndexingError(Exception):
    """Base of all errors of `index`; its text is fit to be shown to a person."""


class ReadError(IndexingError):
    """A file cannot become an article: `reason` says why, and `name`, where it is known, of what."""

    def __init__(self, reason: str, *, name: str | None = None) -> None:
        super().__init__(reason if name is None else named(name, reason))
        self.name, self.reason = name, reason


class FetchError(ReadError):
    """A web address cannot be fetched or may not be; `passing` where it may answer another time."""

    def __init__(self, reason: str, *, name: str | None = None, passing: bool = False) -> None:
        super().__init__(reason, name=name)
        self.passing = passing


class DataFolderError(IndexingError):
    """The data folder cannot be made, read or written."""


class LockedError(DataFolderError):
    """Another process holds the index."""


class ModelError(IndexingError):
    """The embedding model cannot be loaded or does not fit the index."""


class VectorStoreError(IndexingError):
    """Chroma cannot be opened, filled or searched."""


class SecondReadingError(IndexingError):
    """The LLM that reads articles a second time fails; `answered` where it writes, but nothing that can be read."""

    def __init__(self, message: str, *, answered: bool = False) -> None:
        super().__init__(message)
        self.answered = answered


class StoppedError(IndexingError):
    """A run was stopped by who asked for it, or with the program."""


class CorrectionError(IndexingError):
    """An article cannot be given this title, source, author, date or URL."""


class NameDecisionError(IndexingError):
    """These two names of controllers cannot be merged or kept apart."""


class SourceError(IndexingError):
    """This feed or folder cannot be watched, or is not."""


class GroupError(IndexingError):
    """This cannot be the name of a group of readers."""


class ArticleNotFoundError(IndexingError):
    """No article has this id."""
