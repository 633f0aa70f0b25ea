"""What is said at which moment of a call, what is minded, and what is not said (QI/03 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Sentence, _l


@dataclass(frozen=True, kw_only=True)
class Tip:
    """Something to mind, and the clause that says so."""

    words: Sentence
    clause: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the script: the moment, the words or the reminder, the clause, and a tip beside it."""

    moment: str
    title: Sentence
    words: Sentence
    clause: str
    spoken: bool = True
    tip: Tip | None = None


CALM = Tip(words=_l("Calm and patient, however loud the other side is."), clause="QI/03 3.1.10")
EXACT = Tip(words=_l("Write down what happens word for word; nothing vague."), clause="QI/03 3.1.8")
PROTECT = Tip(
    words=_l("Protect the customer's interest and the company's good name, both."), clause="QI/03 3.1.11"
)
POLITELY = Tip(words=_l("Unclear? Ask again, politely, as often as it takes."), clause="QI/03 3.2.3")
FREE_LINE = Tip(words=_l("Hang up when all is said: the next one is waiting."), clause="QI/03 3.1.5")


# What is said after the greeting is the same from everybody.
AFTER_THE_GREETING = (
    Line(
        moment="asking",
        title=_l("Asking"),
        words=_l("May I have your file number, the name of your company and a phone number?"),
        clause="QI/03 3.2.2",
        tip=POLITELY,
    ),
    Line(
        moment="listening",
        title=_l("Listening"),
        words=_l("Do not interrupt. Not understood? “I am sorry, could you say that once more?”"),
        clause="QI/03 3.2.3",
        spoken=False,
        tip=EXACT,
    ),
    Line(
        moment="answering",
        title=_l("Answering"),
        words=_l("Stay calm and stay with the matter: nothing else is talked about."),
        clause="QI/03 3.2.4",
        spoken=False,
        tip=PROTECT,
    ),
    Line(
        moment="closing",
        title=_l("Closing"),
        words=_l("Thank you for your call. Whenever something is unclear, we are here. Goodbye!"),
        clause="QI/03 3.2.9",
        tip=FREE_LINE,
    ),
)


def lines(company: str, number: str) -> tuple[Line, ...]:
    """Return the script of a call, with the name of the company and the engineer's own number."""
    words = greeting(company, number)
    first = Line(moment="greeting", title=_l("Greeting"), words=words, clause="QI/03 3.2.1", tip=CALM)
    return (first, *AFTER_THE_GREETING)


def greeting(company: str, number: str) -> Sentence:
    """Greet with one's own number, if one has been given."""
    if not number:
        return _l("Hello, this is %(company)s. How may I help you?", company=company)
    return _l(
        "Hello, this is %(company)s, number %(no)s speaking. How may I help you?", company=company, no=number
    )
