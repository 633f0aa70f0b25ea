"""Where an office's mail lies, and how long a message may wait."""

from core.clauses import house_rule
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Permission
from core.roles import DUTY_MANAGER, SUPPORT_MANAGER
from core.slots import MenuItem

TLS = {
    "tls": _l("TLS from the first byte on"),
    "starttls": _l("TLS once the server has answered (STARTTLS)"),
    "none": _l("not at all: only on this very machine"),
}
OWN = house_rule(_l("Each office reads a mailbox of its own."))
WAITS = house_rule(_l("Nobody's mail lies unseen."))

PARAMETERS = (
    Parameter(
        key="hotline.mail_host",
        kind=str,
        default="",
        maximum=120,
        label=_l("The mail server (IMAP) of the office's mailbox"),
        clause=OWN,
    ),
    Parameter(
        key="hotline.mail_port",
        kind=int,
        default=993,
        minimum=1,
        maximum=65535,
        label=_l("The port of the mail server"),
        clause=OWN,
    ),
    Parameter(
        key="hotline.mail_tls",
        kind=str,
        default="tls",
        choices=TLS,
        label=_l("How the way to the mail server is kept secret"),
        clause=house_rule(_l("Passwords travel through no wire unlocked.")),
    ),
    Parameter(
        key="hotline.mail_user",
        kind=str,
        default="",
        maximum=120,
        label=_l("The user of the office's mailbox; while there is none, no mail is read"),
        clause=OWN,
    ),
    Parameter(
        key="hotline.mail_folder",
        kind=str,
        default="INBOX",
        label=_l("The folder in which messages arrive"),
        clause=OWN,
    ),
    Parameter(
        key="hotline.mail_done_folder",
        kind=str,
        default="Koudai",
        label=_l("The folder into which messages go that were read"),
        clause=OWN,
    ),
    Parameter(
        key="hotline.mail_aside_folder",
        kind=str,
        default="Koudai-aside",
        label=_l("The folder into which messages go that could not be read"),
        clause=WAITS,
    ),
    Parameter(
        key="hotline.mail_megabytes",
        kind=int,
        default=40,
        minimum=1,
        maximum=100,
        unit=_l("MB"),
        label=_l("Of a larger message only the text is read"),
        clause=house_rule(_l("One large message must not keep all others waiting.")),
    ),
    Parameter(
        key="hotline.mail_minutes",
        kind=int,
        default=60,
        minimum=5,
        maximum=480,
        stricter="lower",
        unit=_l("working minutes"),
        label=_l("A message is taken by somebody within"),
        clause=WAITS,
    ),
)
PERMISSIONS = (
    Permission(
        key="hotline.mail",
        title=_l("See incoming mail, and deal with what was set aside"),
        roles=(DUTY_MANAGER, SUPPORT_MANAGER),
    ),
)
MENU = (
    MenuItem(
        title=_l("Incoming mail"),
        endpoint="hotline.mail.mail",
        permission="hotline.mail",
        icon="envelope",
        weight=25,
        within=_l("Hotline"),
    ),
)
