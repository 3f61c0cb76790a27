"""What a shopper sends: expenses with a receipt, an appeal."""

from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField

from audit.fields import MoneyField
from audit.forms import Form
from audit.i18n import lazy_gettext as _l


class ExpenseForm(Form):
    """What was spent; the service checks it against the terms."""

    amount = MoneyField(_l("What you spent (₫)"))
    receipt = FileField(_l("Photo of the receipt"))
    note = StringField(_l("What it was for"))


class AppealForm(Form):
    """Why a rejected visit should count."""

    text = TextAreaField(_l("Why should this visit count?"))
