"""What is chosen from when a request is registered or dispatched."""

from core.i18n import _l

# The book knows these two and no third (QI/02 delay.come-now).
EMERGENCIES = {"payroll": _l("Payroll is due"), "audit": _l("An external audit")}
EMERGENCY = "QI/02 delay.come-now"
