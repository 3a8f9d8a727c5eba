"""What can go wrong in the chatbot, each with a message for the person who has to mend it.

ChatbotError
├── SettingsError      a setting has a value that cannot be used
├── QuestionError      a question is empty or too long
├── ScopeError         a question is narrowed to what no article can be
├── PromptError        a prompt template in prompts/ is missing or asks for a variable that it is not given
├── LanguageModelError the LLM cannot be reached, refuses, or sends what cannot be read
│   └── CutShortError  the LLM's answer stopped at its limit of tokens
├── FeedbackError      a rating cannot be kept or read
├── RecordError        a turn that comes back is not as this server wrote it
├── HistoryError       a conversation or a shared answer cannot be kept or read
├── AccountError       an account or a token cannot be made, found or read
├── SignOnError        the login service does not answer, or what it says cannot be believed
└── ServerError        the page cannot be served, such as on a port that is taken
"""

from index.errors import DataFolderError, IndexingError, ModelError, VectorStoreError
from index.message import Message, message_of

# Their messages name folders and addresses of the server, for the person who has to mend it.
OF_THE_SERVER = (DataFolderError, ModelError, VectorStoreError)
UNREADABLE = Message(
    "The articles cannot be read at the moment. Whoever runs this page finds the reason in the server's log."
)


class ChatbotError(Exception):
    """Base of all errors of `chatbot`; its text is fit to be shown to a person."""


class SettingsError(ChatbotError):
    """A setting has a value that cannot be used."""


class QuestionError(ChatbotError):
    """A question is empty or too long."""


class ScopeError(ChatbotError):
    """A question is narrowed to what no article can be."""


class PromptError(ChatbotError):
    """A prompt template is missing or asks for a variable that it is not given."""


class LanguageModelError(ChatbotError):
    """The LLM cannot be reached, refuses, or sends what cannot be read."""


class CutShortError(LanguageModelError):
    """The LLM's answer stopped at its limit of tokens; what it wrote stands."""


class FeedbackError(ChatbotError):
    """A rating cannot be kept or read."""


class RecordError(ChatbotError):
    """A turn that comes back is not as this server wrote it."""


class HistoryError(ChatbotError):
    """A conversation or a shared answer cannot be kept or read."""


class AccountError(ChatbotError):
    """An account or a token cannot be made, found or read."""


class SignOnError(ChatbotError):
    """The login service does not answer, or what it says cannot be believed."""


class ServerError(ChatbotError):
    """The page cannot be served."""


def reader_message(error: ChatbotError | IndexingError) -> str:
    """What a reader is told of an error: its message, unless that is about the server itself."""
    return UNREADABLE if isinstance(error, OF_THE_SERVER) else message_of(error)
