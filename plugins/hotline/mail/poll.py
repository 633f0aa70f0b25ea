"""The timer's turn at an office's mailbox: message by message, each a transaction of its own."""

from __future__ import annotations

import datetime as dt
import imaplib
import logging
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from core import clock
from core.db import offices_seen, see_offices
from core.errors import KoudaiError
from core.i18n import Sentence, _l
from core.slots import Job
from plugins.hotline.mail import intake, mailbox
from plugins.hotline.mail.models import Fate

if TYPE_CHECKING:
    from core.rules import Rules
    from plugins.hotline.mail.mailbox import Mailbox

log = logging.getLogger(__name__)
# Shorter than a turn is held for: the rest comes with the next one.
MOST, LONGEST = 100, dt.timedelta(minutes=6)
# The mail server or the database is away: no other message would fare better.
GONE = (OSError, imaplib.IMAP4.abort, OperationalError)


def poll(rules: Rules) -> None:
    """Take in what lies in the office's mailbox; what cannot be reached is raised, and told to administrators."""
    address = mailbox.address_of(rules)
    if address is None:
        return
    _end_reading()
    with mailbox.opened(address) as box:
        trouble = _emptied(rules, box)
    if trouble is not None:
        raise KoudaiError(trouble)


def _emptied(rules: Rules, box: Mailbox) -> Sentence | None:
    """Take in one message after the other; one that cannot be put away stops none, and is told in the end."""
    end, trouble = clock.now() + LONGEST, None
    for uid in box.uids()[:MOST]:
        if clock.now() >= end:
            break
        try:
            _one(rules, box, uid)
        except KoudaiError as error:
            trouble = error.sentence
        except GONE:
            raise
        except Exception as error:
            log.exception("a message of %s could not be put away", rules.office.code)
            trouble = _broke_off(error)
    return trouble


def _broke_off(error: Exception) -> Sentence:
    return _l("It broke off: %(kind)s. The server's log says where.", kind=type(error).__name__)


def _end_reading() -> None:
    """Hold no transaction while the mail server is waited for."""
    see_offices(offices_seen())


def _one(rules: Rules, box: Mailbox, uid: str) -> None:
    _end_reading()
    sack = box.fetch(uid)
    if sack is None:
        return
    try:
        fate = intake.take(rules, sack)
    except OperationalError:
        # The database is away or busy: nothing is wrong with the message, which is read again at the next turn.
        raise
    except Exception as error:
        log.exception("a message of %s could not be taken in", rules.office.code)
        fate = intake.set_aside(rules, sack, _broke_off(error))
    box.put_away(uid, box.address.aside if fate is Fate.ASIDE else box.address.done)


JOB = Job(name="mail", title=_l("Read the office's mailbox"), every=5, does=poll)
