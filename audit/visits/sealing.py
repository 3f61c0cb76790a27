"""Photos that were taken in survive a refusal of the form around them: their keys come back with it, sealed."""

from collections.abc import Sequence

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def seal(keys: Sequence[str], about: str) -> str:
    """Storage keys as a text for a hidden field; `about` says for whom and what they were given."""
    return str(_serializer(about).dumps(list(keys))) if keys else ""


def unseal(text: str | None, about: str) -> list[str]:
    """The keys of a text that `seal` made for the same thing; none for any other text."""
    if not text:
        return []
    try:
        return [str(key) for key in _serializer(about).loads(text)]
    except BadData:
        return []


def _serializer(about: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"evidence:{about}")
