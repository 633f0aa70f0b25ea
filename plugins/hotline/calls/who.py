"""Who may do what with a call, and where it stands while somebody still owes the customer something."""

from core.clauses import house_rule
from core.i18n import _l
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER

DESK = (HOTLINE_ENGINEER, DUTY_MANAGER)
# First-contact ownership (QI/03 3.1.9): who has not taken the call over does not decide its outcome.
THE_OWNER = (HOTLINE_ENGINEER.where("owner_id"), DUTY_MANAGER)

UNDER_WAY = "open | parked | demanded | handed_over | to_pass_on | passed_on"

PROMISE, LONG_TEST = "hotline.promise", "hotline.long_test"
KEPT = house_rule(_l("A promise that nobody wrote down is not kept."))
ENDING = house_rule(_l("A call that ends forgets what was promised in it."))
NOT_FORGOTTEN = house_rule(_l("What is on nobody's desk is forgotten."))
