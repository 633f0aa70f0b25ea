"""What is asked when a customer is sealed, or waits for the regional manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms.validators import ValidationError

from core.customers import services as customers
from core.forms import DayField, LongTextField, RecordField, StepForm, TextField, YesField
from core.i18n import _l
from plugins.hotline import services as hotline
from plugins.hotline.hooks import COVERED

if TYPE_CHECKING:
    from core.gate import Act


def known_customer(form: Any, field: Any) -> None:
    """Accept a customer of this office only."""
    if customers.by_file_number(field.data, form.act.rules.office.id) is None:
        raise ValidationError(
            _l("No customer of this office has this file number. Look the customer up first.")
        )


class SealForm(StepForm):
    """Why a customer is sealed, and whom the customer may ask (QI/03 3.3.1)."""

    file_number = TextField(_l("File number"), limit=24, checks=(known_customer,))
    reason = LongTextField(_l("Reason"), limit=1000)
    extension = TextField(_l("The regional manager's extension"), limit=20)
    covered = YesField(_l("Seal all the same, although the contract covers the customer today"))

    def validate_covered(self, field: Any) -> None:
        """Sealing is for who is served unpaid: of anybody else it is asked twice (QI/03 3.3.1)."""
        customer = customers.by_file_number(self.file_number.data or "", self.act.rules.office.id)
        if customer is None or field.data:
            return
        verdict = hotline.entitlement(self.act.rules, customer, None, self.act.now).verdict
        if verdict.value in COVERED:
            raise ValidationError(
                _l(
                    "%(reason)s Sealing is for who is served unpaid: confirm that you mean it.",
                    reason=verdict.reason,
                )
            )


class CourtesyForm(StepForm):
    """The final courtesy visit: said on the request, and told to the customer (QI/04 3.2.4)."""

    told = YesField(
        _l("The customer knows: this visit is free, the next one needs a renewed card"),
        required=True,
        message=_l("Tell the customer that the next visit needs a renewed card (QI/04 3.2.4)."),
    )


def _products(act: Act) -> dict[str, str]:
    customer = act.case.customer
    return {str(one.id): one.title for one in customer.installations} if customer else {}


class RenewForm(StepForm):
    """The renewed service card, and what it is for."""

    product = RecordField(
        _l("Product"),
        offers=_products,
        required=False,
        hint=_l("Leave it open when the card is for all products."),
    )
    card = TextField(_l("Service card number"), limit=24)
    until = DayField(_l("Valid until"))

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Propose the product in question."""
        super().__init__(act, values, data={"product": act.case.installation_id}, **kwargs)

    def validate_until(self, field: Any) -> None:
        """A renewed card is valid today."""
        if field.data and field.data < self.act.now.astimezone(self.act.rules.office.zoneinfo).date():
            raise ValidationError(_l("This card has expired. Give the renewed card's last day."))
