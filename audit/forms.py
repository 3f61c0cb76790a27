"""The base form and the fields that several rooms share."""

import unicodedata
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField

from audit.i18n import get_translations

# They turn the direction of what stands around them too: a name must not rewrite its page.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str | None) -> str:
    """Composed Unicode without blanks at the ends and without control characters: the one form of all text."""
    kept = "".join(
        letter
        for letter in text or ""
        if letter in "\n\t" or (unicodedata.category(letter) not in ("Cc", "Cs") and letter not in TURNING)
    )
    if all(unicodedata.category(letter) in ("Cf", "Zs", "Zl", "Zp", "Cc") for letter in kept):
        return ""  # nothing to be seen is nothing given
    return unicodedata.normalize("NFC", kept).strip()


class Form(FlaskForm):
    """Every form: CSRF, messages in the person's language."""

    class Meta(FlaskForm.Meta):
        """WTForms carries no Vietnamese catalogue: ours is used for its messages too."""

        def get_translations(self, form: Any) -> Any:
            """Messages through our own catalogue."""
            return get_translations()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was posted; a file sent under the name of a text field is left out."""
            posted = super().wrap_formdata(form, formdata)
            if not isinstance(posted, CombinedMultiDict):
                return posted
            sent = request.files.items(multi=True)
            files = [
                (name, file) for name, file in sent if name not in form or isinstance(form[name], FileField)
            ]
            return CombinedMultiDict([MultiDict(files), request.form])
