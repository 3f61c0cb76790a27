"""The Vietnamese that a visitor reads, by its English original: a better translation breaks no test."""

import gettext
from pathlib import Path

import audit

_FOLDER = Path(audit.__file__).parent / "translations"


def vi(text: str, **values: object) -> str:
    """The translation, which must exist, with its values filled in."""
    found = gettext.translation("messages", _FOLDER, ["vi"]).gettext(text)
    assert found != text, f"{text!r} has no Vietnamese"
    return found % values if values else found
