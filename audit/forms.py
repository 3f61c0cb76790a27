"""The base form and the fields that several rooms share."""

import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from audit.i18n import get_translations


def clean(text: str | None) -> str:
    """Composed Unicode without blanks at the ends and without control characters: the one form of all text."""
    kept = (
        letter
        for letter in text or ""
        if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs")
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


class Form(FlaskForm):
    """Every form: CSRF, messages in the person's language."""

    class Meta(FlaskForm.Meta):
        """WTForms carries no Vietnamese catalogue: ours is used for its messages too."""

        def get_translations(self, form: Any) -> Any:
            """Messages through our own catalogue."""
            return get_translations()

    def first_error(self) -> tuple[Field, str] | None:
        """The first field in error with its message."""
        for field in self:
            if field.errors:
                return field, str(field.errors[0])
        return None
