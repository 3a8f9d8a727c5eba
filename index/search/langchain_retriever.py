"""The hybrid retriever as LangChain knows retrievers: the chatbot's own chain searches with it, and so may yours.

    from pathlib import Path
    from index.collection import Collection
    from index.search.langchain_retriever import HybridRetriever

    collection = Collection(Path("data"), embedding_model="all-MiniLM-L6-v2")
    retriever = HybridRetriever(search=collection.search, k=5)
    documents = retriever.invoke("Who controls Hama?")
    fewer = retriever.invoke("Who controls Hama?", filters=Filters(sources=("Sample Desk",)), k=3)

It is a Runnable: `{"context": retriever, "question": RunnablePassthrough()} | prompt | model` works as with any other.
"""

from collections.abc import Sequence
from typing import Protocol, Self, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from index.passage import RetrievedPassage
from index.storage.filters import EVERYTHING, Filters


@runtime_checkable
class Search(Protocol):
    """What finds passages, such as `Collection.search`."""

    def __call__(self, question: str, *, filters: Filters = ..., limit: int = ...) -> Sequence[RetrievedPassage]: ...


class HybridRetriever(BaseRetriever):
    """Gives the `k` passages that fit a question best, best first, as Documents.

    `search` is what finds them, such as an open collection's `search`; `filters` narrow what may be found. Both `k` and
    `filters` may be given with a call instead, `invoke(question, filters=..., k=...)`. Errors of the search are raised
    as they are: an empty list means that nothing fits, never that the search failed.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    k: int = Field(default=8, ge=1)
    filters: Filters = EVERYTHING

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, filters: Filters | None = None,
        k: int | None = None,
    ) -> list[Document]:
        limit = self.k if k is None else k
        if limit < 1:
            raise ValueError(f"k is {limit}. Expected 1 or more.")
        passages = self.search(query, filters=self.filters if filters is None else filters, limit=limit)
        return [PassageDocument.of(passage) for passage in passages]


class PassageDocument(Document):
    """A Document that also holds the retrieved passage which it was made from, for who reads its sentences."""

    _retrieved: RetrievedPassage = PrivateAttr()

    @classmethod
    def of(cls, retrieved: RetrievedPassage) -> Self:
        """A retrieved passage as a Document: its text, its id, and where it is from.

        In the article's text the passage is `text[start:end]`. `date` is a day such as "2024-12-05"; it, `source` and
        `url` are None where they are not known. `score` is comparable within one search, `similarity` the cosine (-1 to
        1).
        """
        passage, article = retrieved.passage, retrieved.article
        document = cls(
            id=passage.id,
            page_content=passage.text,
            metadata={
                "article_id": article.id,
                "title": article.title,
                "source": article.source,
                "date": article.date.isoformat() if article.date else None,
                "url": article.url,
                "start": passage.start,
                "end": passage.end,
                "score": retrieved.score,
                "similarity": retrieved.similarity,
            },
        )
        document._retrieved = retrieved
        return document

    @classmethod
    def lc_id(cls) -> list[str]:
        """The name by which LangChain saves and loads it: that of a plain Document, which is what is loaded."""
        return Document.lc_id()

    @property
    def retrieved(self) -> RetrievedPassage:
        """The passage with its sentences, its article and both scores."""
        return self._retrieved
