"""Fields that read what people type: days, money in đồng, whole numbers, points, degrees; with our own messages."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, TextInput

from audit.errors import AuditError
from audit.forms import Form, clean
from audit.i18n import gettext as _
from audit.i18n import language

LARGEST_AMOUNT = 1_000_000_000  # đồng
YEARS = range(2000, 2101)  # others are slips of the finger, and a day after the last one is no date at all


class TextField(StringField):
    """One or more lines, composed and trimmed, never None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the text clean."""
        self.data = clean(valuelist[0]) if valuelist else ""


class ChoiceField(SelectField):
    """A choice with our own words for one that is not offered."""

    def pre_validate(self, form: Any) -> None:
        """Refuse a value that was not on the list."""
        if not any(match for _value, _label, match, *_rest in self.iter_choices()):
            raise StopValidation(_("Choose one of the options shown."))


class _ReadField(Field):
    """A value with its own way of reading and writing; what could not be read stays as typed."""

    widget: Any = TextInput()
    raw: str | None = None
    data: Any

    def read(self, text: str) -> Any:
        """The value of a text that is not empty; ValueError with a sentence."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """The text of a value."""
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read, or keep the text for the page."""
        if not valuelist:
            return
        self.raw = clean(valuelist[0])
        self.data = None
        if self.raw:
            self.data = self.read(self.raw)

    def _value(self) -> str:
        if self.raw is not None:
            return self.raw
        return "" if self.data is None else self.write(self.data)


class DayField(_ReadField):
    """A day: the browser's own input, or dd/mm/yyyy where there is none."""

    widget = DateInput()

    def read(self, text: str) -> date:
        """2026-11-14 or 14/11/2026."""
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
            if found.year not in YEARS:
                raise ValueError(_("Check the year: it lies between 2000 and 2100."))
            return found
        raise ValueError(_("This is not a day. Write it as 14/11/2026."))

    def write(self, value: date) -> str:
        """As the browser's input wants it."""
        return value.isoformat()


class MoneyField(_ReadField):
    """An amount in đồng: 150000, 150.000 or 150,000."""

    def read(self, text: str) -> int:
        """Whole đồng; points, commas and blanks may stand between groups of three digits."""
        bare = text.removesuffix("₫").removesuffix("đ").strip().replace("\u00a0", " ")
        for mark in (".", ",", " "):
            groups = bare.split(mark)
            if (
                len(groups) > 1
                and len(groups[0]) in (1, 2, 3)
                and all(len(group) == 3 for group in groups[1:])
            ):
                bare = "".join(groups)
        if not (bare.isascii() and bare.isdigit()):
            raise ValueError(_("Write whole đồng, for example 150.000."))
        if len(bare) > 12 or int(bare) > LARGEST_AMOUNT:
            raise ValueError(_("This amount is too large: at most 1.000.000.000 đồng."))
        return int(bare)

    def write(self, value: int) -> str:
        """With the separators of the language."""
        grouped = f"{value:,}"
        return grouped.replace(",", ".") if language() == "vi" else grouped


class WholeField(_ReadField):
    """A whole number without sign."""

    def read(self, text: str) -> int:
        """At most nine digits."""
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise ValueError(_("Write a whole number, for example 7."))
        return int(text)


class PointsField(_ReadField):
    """Points with at most one decimal: 2, 2,5 or 2.5."""

    def read(self, text: str) -> Decimal:
        """An exact number."""
        whole, _point, tenths = text.replace(",", ".").partition(".")
        digits = whole + tenths
        if not (digits.isascii() and digits.isdigit() and whole and len(whole) <= 3 and len(tenths) <= 1):
            raise ValueError(_("Write points with at most one decimal, for example 2,5."))
        return Decimal(f"{whole}.{tenths or 0}")

    def write(self, value: Decimal) -> str:
        """As the language writes it, without an empty decimal."""
        text = f"{value.normalize():f}"
        return text.replace(".", ",") if language() == "vi" else text


class DegreesField(_ReadField):
    """Latitude or longitude: 21.0285 or 21,0285."""

    def read(self, text: str) -> float:
        """Degrees as a number."""
        bare = text.replace(",", ".").replace("−", "-")
        sign, digits = (bare[:1], bare[1:]) if bare[:1] in "+-" else ("", bare)
        whole, _point, rest = digits.partition(".")
        if not (whole.isascii() and whole.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))):
            raise ValueError(_("Write degrees as a number, for example 21.0285."))
        if len(whole) > 3 or len(rest) > 15:
            raise ValueError(_("Write degrees as a number, for example 21.0285."))
        return float(sign + digits)


def filled(form: Any, field: Field) -> None:
    """A validator: something must be given."""
    del form
    if field.errors:
        return  # it was typed, but could not be read: that message stands
    if field.data is None or field.data == "":
        raise StopValidation(_("This must be filled in."))


def at_most(length: int) -> Callable[[Any, Field], None]:
    """A validator: no more characters than the database keeps."""

    def check(form: Any, field: Field) -> None:
        del form
        if field.data and len(field.data) > length:
            raise StopValidation(_("At most %(length)s characters.", length=length))
        if field.data and "\x00" in field.data:
            raise StopValidation(
                _("The text holds a character that cannot be kept. Delete it and write it again.")
            )

    return check


def show(form: Form, error: AuditError) -> None:
    """Put a service's refusal at the field it names, or above the form."""
    name = error.details.get("field")
    if isinstance(name, str) and name in form:
        field = form[name]
        field.errors = [*field.errors, str(error.message)]
    else:
        form.form_errors.append(str(error.message))
