"""Refines a question's reading by its syntax: whether it asks who holds a thing or an office, and which."""

import re
from dataclasses import replace

from chatbot.question.parse import ParsedQuestion, QuestionKind
from chatbot.question.query import Gap, Query
from index.claims.office_clause import ROLES
from index.claims.office_idioms import LEADING
from index.claims.offices import asked_office
from index.language.clauses import Clause
from index.language.name_spans import name_span
from index.language.parser import Token
from index.language.predicates import Holding, holding_of, is_denial, is_people, is_speech, post_of


def refined(reading: ParsedQuestion, query: Query) -> ParsedQuestion:
    """The reading with what the syntax of its own words adds: who denies, says or backs something is not who holds it,
    and who leads, owns or chairs a thing, or is its mayor, is asked for like who controls a place."""
    clause = query.clause
    if clause is None:
        return reading
    predicate = clause.lemma
    # To coach is to teach, so WordNet has it among the verbs of speech.
    is_statement = is_speech(predicate) and holding_of(predicate) is None and not _leading(query)
    if is_denial(predicate) or is_statement:
        denial = is_denial(predicate) and query.gap in (Gap.PERSON, Gap.THING) and not clause.negated
        reading = replace(reading, control=False, asks_denial=denial)
        return _of_speech(reading, query) if is_statement else reading
    if reading.kind is not QuestionKind.PERSON:
        return reading
    reading = replace(reading, negated=clause.negated, asks_who_is=_asks_who_is(query))
    office, topics = _office(query)
    if office:
        return replace(reading, control=True, office=office, topics=topics)
    if _asks_loser(query):
        return replace(reading, control=False, asks_loser=True, topics=_topics(query))
    return _of_holder(reading, query, clause)


def _asks_who_is(query: Query) -> bool:
    """Whether it asks who it is that has a name: "Who is Ada Lund?"."""
    if query.clause is None or query.clause.predicate != "be" or query.clause.negated:
        return False
    heads = [query.sentence.tokens[argument.head] for argument in query.arguments]
    return len(heads) == 1 and heads[0].is_noun and heads[0].text[:1].isupper()


def _of_speech(reading: ParsedQuestion, query: Query) -> ParsedQuestion:
    """The reading with the names of those of whom it asks what they said: "What did Ada Lund tell the council?"."""
    speakers = _speakers(query)
    if not speakers or query.gap is not Gap.THING:
        return reading
    heads = [query.sentence.tokens[argument.head] for argument in query.arguments if argument.role != "agent"]
    named = all(head.is_name or is_people(head.lemma) for head in heads)
    return replace(reading, speakers=speakers, any_statement=named)


def _speakers(query: Query) -> tuple[str, ...]:
    """Who is asked to have said something: names, or "she", of whom nobody knows here who that is; so nobody else
    answers for her."""
    agents = [argument for argument in query.arguments if argument.role == "agent"]
    heads = [query.sentence.tokens[agent.head] for agent in agents]
    return tuple(a.text for a, head in zip(agents, heads, strict=True) if head.is_name or _is_she(head))


def _is_she(token: Token) -> bool:
    return token.tag == "PRP" and token.text.lower() in ("he", "she")


def _of_holder(reading: ParsedQuestion, query: Query, clause: Clause) -> ParsedQuestion:
    """The reading with whether it asks who holds a thing, by the verb."""
    if query.role == "agent" and clause.lemma not in ("have", "be"):
        holds = holding_of(clause.predicate) is Holding.HOLD
        reading = replace(reading, control=holds or (reading.control and not clause.of("patient")))
    return replace(reading, topics=_topics(query)) if reading.control else reading


def _asks_loser(query: Query) -> bool:
    """Whether it asks who lost or left what is held: "Who lost Hama?", "From whom did they take it?"."""
    holding = holding_of(query.clause.predicate) if query.clause is not None else None
    if holding is Holding.TAKE:
        return query.role == "from" or query.role is None and query.sentence.text.rstrip("? ").lower().endswith(" from")
    return query.role == "agent" and holding in (Holding.LOSE, Holding.LEAVE)


def _office(query: Query) -> tuple[str, tuple[str, ...]]:
    """The office that is asked for, named or by a verb of leading, and whose it is; "" where none is."""
    if role := _leading(query):
        return role, _topics(query)
    office, body = asked_office(query.sentence)
    if not office:
        return "", ()
    return office, (query.sentence.text[slice(*name_span(query.sentence, body))],) if body is not None else ()


def _leading(query: Query) -> str:
    """The office of who does what is asked: "Who chairs it?", "Who coaches them?"; "" where it is no such verb."""
    if query.clause is None or query.role != "agent":
        return ""
    post = post_of(query.clause.predicate)
    return (ROLES.get(post) if post is not None else LEADING.get(query.clause.predicate)) or ""


def _topics(query: Query) -> tuple[str, ...]:
    """What a question says is held, without its article: "council" in "Who leads the council?"."""
    held = [argument for argument in query.arguments if argument.role in ("patient", "of", "over")]
    return tuple(re.sub(r"^(?:the|this|that|our|its)\s+", "", argument.text, flags=re.I) for argument in held)
