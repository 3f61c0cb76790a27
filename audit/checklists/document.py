"""The document of a version as text: reading it strictly, its canonical bytes and their hash."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from audit.errors import Invalid
from audit.i18n import gettext as _

LARGEST = 1_000_000  # bytes; the built-in ones have about 40 000
DEEPEST = 20

Document = dict[str, Any]


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one spelling of a document: sorted keys, no blanks, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


def parse(raw: bytes | str) -> Document:
    """A document from JSON text, in composed Unicode; Invalid says what cannot be read and where."""
    if len(raw) > LARGEST:
        raise Invalid(
            _("The document is too large: at most %(most)s kB.", most=LARGEST // 1000), field="text"
        )
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Invalid(
            _("The file is not UTF-8 text. Save it as UTF-8 and try again."), field="text"
        ) from error
    try:
        document = json.loads(
            text, parse_float=_no_float, parse_constant=_no_constant, object_pairs_hook=_no_repeated_key
        )
    except json.JSONDecodeError as error:
        message = _(
            "This is not JSON: line %(line)s, column %(column)s.", line=error.lineno, column=error.colno
        )
        raise Invalid(message, field="text") from error
    except (RecursionError, ValueError) as error:
        raise Invalid(
            _("The document holds numbers or lists that are too long to be read."), field="text"
        ) from error
    return composed(document)


def composed(document: Any) -> Document:
    """The document in composed Unicode; Invalid when it is no object or cannot be stored."""
    if not isinstance(document, dict):
        raise Invalid(_("A checklist is a JSON object with factors, sections and questions."), field="text")
    result: Document = _composed(document, 0)
    return result


def _composed(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise Invalid(_("The document is nested too deeply."), field="text")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(key): _composed(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_composed(inner, depth + 1) for inner in value]
    if isinstance(value, float):
        return _no_float(str(value))
    return value


def _text(value: str) -> str:
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Invalid(
            _("The document holds a character that cannot be kept: “%(text)s”.", text=_shown(value)),
            field="text",
        )
    return unicodedata.normalize("NFC", value)


def _shown(value: str) -> str:
    return value[:40].encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")


def _no_float(text: str) -> Any:
    message = _(
        "Write %(number)s as text in quotes: decimal numbers lose exactness in JSON.", number=text[:30]
    )
    raise Invalid(message, field="text")


def _no_constant(text: str) -> Any:
    raise Invalid(_("%(word)s is not a number that can be counted with.", word=text), field="text")


def _no_repeated_key(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Invalid(_("The key “%(key)s” stands twice in one object.", key=_shown(twice)), field="text")
    return found


_ORDER = (
    *("title", "channel", "brief", "factors", "sections", "questions"),
    *(
        "id",
        "type",
        "factor",
        "section",
        "weight",
        "good",
        "min",
        "max",
        "labels",
        "points",
        "upto",
        "below",
        "credit",
    ),
    *("text", "intro", "help", "vi", "en", "options", "bands", "unit"),
    *(
        "na",
        "required",
        "photo",
        "show_if",
        "knockout",
        "adjust",
        "alarm",
        "truth",
        "q",
        "in",
        "scope",
        "cap",
    ),
)
_PLACES = {key: place for place, key in enumerate(_ORDER)}


def readable(document: Mapping[str, Any]) -> str:
    """The document for people to edit: keys in the order in which one thinks of them."""
    return json.dumps(_ordered(document), ensure_ascii=False, indent=1) + "\n"


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_PLACES.get(key, len(_PLACES)), key))
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, list):
        return [_ordered(inner) for inner in value]
    return value
