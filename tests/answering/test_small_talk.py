from collections.abc import Iterator

import pytest

from chatbot.answer import Answer, Understood
from chatbot.answering.example_questions import example_questions
from chatbot.answering.quoting import QUOTING
from chatbot.answering.small_talk import MOST_TITLES, Topic, reply, topic_of
from index.collection import Collection
from index.search.embedder import BUNDLED

TALK = {
    Topic.GREETING: ["Hello", "hi!", "Hey there", "Good morning.", "How are you?", "HELLO 👋", "Nice to meet you"],
    Topic.THANKS: ["Thanks", "Thank you very much!", "ok, thanks", "Great, thanks for your help", "thx", "Cheers!"],
    Topic.REPLY: ["ok", "I see", "Yes", "That's helpful", "Well done", "never mind", "cool"],
    Topic.GOODBYE: ["Bye", "Thanks, bye!", "see you later"],
    Topic.ITSELF: [
        "Who are you?", "What's your name?", "Are you an AI?", "Are you ChatGPT?", "Which model do you use?",
        "Tell me about yourself", "Who made you?", "What is this website?", "am I talking to a bot?",
    ],
    Topic.ABILITY: [
        "What can you do?", "Hi, what can you do?", "help", "How can you help me?", "What can I ask you about?",
        "How does this work?", "Can you give me some example questions?", "What do you know?",
        "How do I use this site?",
    ],
    Topic.ARTICLES: [
        "Which articles do you know?", "What articles are there?", "List all articles", "Show me the articles please",
        "What are the articles about?", "Which documents have you read?", "What is in the collection?",
    ],
    Topic.COUNT: [
        "How many articles are there?", "How many articles do you have?", "how many passages are in the index",
        "How many articles does it hold?", "So how many articles are there in total?",
    ],
    Topic.SOURCES: [
        "What sources do you have?", "Which sources are there?", "What are your sources?", "Which outlets do you use?",
        "Where do you get your information from?", "How many sources are there?",
    ],
    Topic.NEWEST: ["What is the newest article?", "Show me the latest articles", "Which article is the most recent?"],
    Topic.CITATIONS: [
        "How do citations work?", "What do the numbers mean?", "How can I check an answer?", "Can I trust you?",
        "Do you make things up?", "Are you sure?", "How do the citations work?",
    ],
    Topic.DATES: [
        "Which dates are covered?", "What period do you cover?", "How recent are the articles?",
        "How far back do you go?",
        "What is the oldest article?", "How up to date are you?",
    ],
    Topic.SUMMARY: [
        "Summary please", "Give me a summary", "Can you summarise?", "summarize this please", "An overview, please",
        "tl;dr", "I would like a short summary", "Sum up", "Please recap", "show me a quick overview",
    ],
}
NEWS = [
    "Who are the White Helmets?", "What can Turkey do?", "Which articles of the agreement were broken?", "Hello Kitty",
    "Thanks to whom did Hama fall?", "Who is he?", "Who controls Homs?", "And Homs?", "When?", "Why?", "Who?", "Where?",
    "What about Hama?", "How many were killed?", "How many articles does the constitution have?", "What is HTS?",
    "Which sources report it?", "What did the sources say?", "How many sources confirm the strike?", "Who are they?",
    "What is the newest weapon of the army?", "What is the latest?", "What is the latest on Homs?", "Help for Aleppo",
    "What is the latest news?", "Who helped the rebels?", "What can they do?", "What can be done?", "What is this?",
    "What dates are set for the talks?", "Which dates are covered by the truce?", "Is it true?", "What happened?",
    "How did the offensive work?", "How do ceasefires work?", "Who runs the system?", "What does the program do?",
    "A summary of the truce", "Summarise the fighting in Homs", "Sum up what the army said", "Recap the week",
    "Good morning Damascus", "Goodbye Assad", "Who said thanks?", "Did they say goodbye?", "Who made it?", "How?",
    "Are there any articles on Homs?", "Which articles mention Homs?", "List the cities that fell", "And before that?",
    "Are you sure that Homs fell?", "Who wrote the agreement?", "Where does the information on Hama come from?",
    "Yes or no: did Homs fall?", "OK, and who holds Hama?", "Thanks. And Homs?", "Hi, who controls Aleppo?",
    "What are the numbers of the dead?", "Who is this man?", "What documents were found?", "Who are you fighting?",
]


@pytest.mark.parametrize(("topic", "question"), [(topic, phrase) for topic, all_ in TALK.items() for phrase in all_])
def test_small_talk_is_known(topic: Topic, question: str) -> None:
    assert topic_of(question) is topic


@pytest.mark.parametrize("question", NEWS)
def test_a_question_about_the_news_is_never_small_talk(question: str) -> None:
    assert topic_of(question) is None


def test_no_question_of_the_benchmarks_is_small_talk() -> None:
    from benchmarks.answers import QUESTIONS, read_questions

    files = [file for file in QUESTIONS.glob("*.json") if file.stem not in ("statements", "denials")]
    asked = [turn for file in files for question in read_questions(file) for turn in question.turns]
    assert len(asked) > 100 and [question for question in asked if topic_of(question)] == []


def test_an_example_question_is_never_small_talk(samples: Collection) -> None:
    articles = [samples.article(row.id) for row in samples.articles()]
    examples = example_questions(articles, sentences=samples.sentences)
    assert examples == example_questions(articles) and not any(map(topic_of, examples))


@pytest.mark.parametrize("question", ["", "?", "🙂", "thanks " * 50_000])
def test_what_is_no_question_is_no_small_talk(question: str) -> None:
    assert topic_of(question) is None


def text_on(samples: Collection, topic: Topic, *, model: str | None = None) -> str:
    return reply(topic, "?", samples, answered_by=QUOTING, model=model).text


def test_each_reply_comes_from_the_facts_of_the_index(samples: Collection) -> None:
    holds = "The collection holds 11 articles, from 27 November 2024 to 11 December 2024."
    assert text_on(samples, Topic.COUNT).splitlines() == [
        holds, f"They are kept as {samples.summary().passages} passages.",
    ]
    assert text_on(samples, Topic.SOURCES).splitlines() == [holds, "Sources: Sample Desk (11 articles)."]
    assert "“Who controls Hama?”" in text_on(samples, Topic.ABILITY)
    assert holds in text_on(samples, Topic.GREETING) and holds in text_on(samples, Topic.DATES)


def test_the_articles_are_listed_newest_first(samples: Collection) -> None:
    _, heading, first, *_, more = text_on(samples, Topic.ARTICLES).splitlines()
    assert heading == "The articles, newest first:" and more == f"… and {11 - MOST_TITLES} more."
    assert first == "• Truce in Manbij and a new change in Deir ez-Zor (Sample Desk, 11 December 2024)"
    assert text_on(samples, Topic.NEWEST).splitlines()[:2] == [heading, first]


def test_the_answerer_at_work_is_named(samples: Collection) -> None:
    assert "No LLM is at work: answers are quoted" in text_on(samples, Topic.ITSELF)
    assert "written by the LLM openai:x" in text_on(samples, Topic.ITSELF, model="openai:x")


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_is_replied_to_without_a_citation(samples: Collection, topic: Topic) -> None:
    answer = reply(topic, "Hm?", samples, answered_by=QUOTING, model=None)
    assert answer == Answer("Hm?", Understood(), answer.blocks, QUOTING) and len(answer.text) > 5


@pytest.mark.parametrize("topic", Topic)
def test_an_empty_collection_is_told_of(topic: Topic, empty: Collection) -> None:
    text = text_on(empty, topic)
    assert text and (len(text) < 60 or topic is Topic.CITATIONS or "There are no articles yet" in text)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    collection = Collection(tmp_path_factory.mktemp("empty"), embedding_model=BUNDLED, loading=False)
    yield collection
    collection.close()
