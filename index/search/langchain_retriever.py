"""The hybrid retriever as LangChain knows retrievers, for any chain of your own.

    from pathlib import Path
    from index.collection import Collection
    from index.search.langchain_retriever import HybridRetriever

    collection = Collection(Path("data"), embedding_model="all-MiniLM-L6-v2")
    retriever = HybridRetriever(search=collection.search, k=5)
    documents = retriever.invoke("Who controls Hama?")

It is a Runnable: `{"context": retriever, "question": RunnablePassthrough()} | prompt | model` works as with any other.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from index.passage import RetrievedPassage
from index.storage.filters import EVERYTHING, Filters


@runtime_checkable
class Search(Protocol):
    """What finds passages, such as `Collection.search`."""

    def __call__(self, question: str, *, filters: Filters = ..., limit: int = ...) -> Sequence[RetrievedPassage]: ...


class HybridRetriever(BaseRetriever):
    """Gives the `k` passages that fit a question best, best first, as Documents.

    `search` is what finds them, such as an open collection's `search`; `filters` narrow what may be found. Errors of
    the search are raised as they are: an empty list means that nothing fits, never that the search failed.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    k: int = Field(default=8, ge=1)
    filters: Filters = EVERYTHING

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [as_document(passage) for passage in self.search(query, filters=self.filters, limit=self.k)]


def as_document(retrieved: RetrievedPassage) -> Document:
    """A retrieved passage as a Document: its text, its id, and where it is from.

    In the article's text the passage is `text[start:end]`. `date` is a day such as "2024-12-05"; it, `source` and `url`
    are None where they are not known. `score` is comparable within one search, `similarity` the cosine (-1 to 1).
    """
    passage, article = retrieved.passage, retrieved.article
    return Document(
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
