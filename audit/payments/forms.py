"""What the admin's list of payments sends and asks for."""

from flask import request
from wtforms import StringField

from audit.branches.forms import is_id
from audit.fields import DayField
from audit.forms import Form
from audit.i18n import lazy_gettext as _l
from audit.payments.models import PaymentState
from audit.payments.queries import STATES, Sought

SEEN = "seen:"  # the name of the field with what a payment amounted to begins with it


class PaidForm(Form):
    """When and under which reference the money was sent; the service checks both."""

    paid_on = DayField(_l("Day of the transfer"))
    reference = StringField(_l("Reference of the transfer"))


def sought() -> tuple[Sought, int]:
    """The filter and page of the address; nonsense falls back to what is to be approved."""
    state = request.args.get("state", PaymentState.NEW)
    shopper, wave = request.args.get("shopper", ""), request.args.get("wave", "")
    page = request.args.get("page", "1")
    wanted = Sought(
        state=state if state in ("", *STATES) else PaymentState.NEW,
        shopper_id=int(shopper) if is_id(shopper) else None,
        wave_id=int(wave) if is_id(wave) else None,
    )
    return wanted, max(1, int(page)) if is_id(page) else 1


def chosen() -> list[int]:
    """The payments that were ticked."""
    return [int(text) for text in request.form.getlist("payment") if is_id(text)]


def seen() -> dict[int, int]:
    """By payment the amount in đồng that the page showed."""
    shown = {name.removeprefix(SEEN): text for name, text in request.form.items() if name.startswith(SEEN)}
    return {int(name): int(text) for name, text in shown.items() if is_id(name) and is_id(text)}
