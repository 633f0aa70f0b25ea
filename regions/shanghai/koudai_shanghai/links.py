"""Every link of the handling is controlled (SHYY/QI/03 1.1): head office sets no date for sending out a remedy."""

from core.amendments import Amendable
from core.deadlines import same_working_day
from core.roles import DUTY_MANAGER
from koudai_shanghai.words import _l


def control(request: Amendable) -> None:
    """Let a remedy that was found, here or at head office, be sent out the same working day."""
    request.starts(
        ("conferred", "answered_above"),
        "shanghai.send_again",
        title=_l("Send somebody with the remedy"),
        within=same_working_day(),
        owner=DUTY_MANAGER,
        clause="SHYY/QI/03 1.1",
        met_by=("send_again", "close"),
        only_in=("remedied",),
    )
