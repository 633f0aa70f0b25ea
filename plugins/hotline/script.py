"""What is said at which moment of a call, and what is not (QI/03 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Sentence, _l


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the script: the moment, the words or the reminder, the clause."""

    moment: str
    title: Sentence
    words: Sentence
    clause: str
    spoken: bool = True


def lines(company: str, number: str) -> tuple[Line, ...]:
    """Return the script of a call, with the name of the company and the engineer's own number."""
    return (
        Line(moment="greeting", title=_l("Greeting"), words=greeting(company, number), clause="QI/03 3.2.1"),
        Line(
            moment="asking",
            title=_l("Asking"),
            words=_l("May I have your file number, the name of your company and a phone number?"),
            clause="QI/03 3.2.2",
        ),
        Line(
            moment="listening",
            title=_l("Listening"),
            words=_l("Do not interrupt. Not understood? “I am sorry, could you say that once more?”"),
            clause="QI/03 3.2.3",
            spoken=False,
        ),
        Line(
            moment="answering",
            title=_l("Answering"),
            words=_l("Stay calm and stay with the matter: nothing else is talked about."),
            clause="QI/03 3.2.4",
            spoken=False,
        ),
        Line(
            moment="closing",
            title=_l("Closing"),
            words=_l("Thank you for your call. Whenever something is unclear, we are here. Goodbye!"),
            clause="QI/03 3.2.9",
        ),
    )


def greeting(company: str, number: str) -> Sentence:
    """Greet with one's own number, if one has been given."""
    if not number:
        return _l("Hello, this is %(company)s. How may I help you?", company=company)
    return _l(
        "Hello, this is %(company)s, number %(no)s speaking. How may I help you?", company=company, no=number
    )
