"""JSON from devices, read with suspicion: only what PostgreSQL can keep, and of the expected shape."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from audit.errors import AuditError, Invalid
from audit.i18n import gettext as _
from audit.visits.answering import Given
from audit.visits.models import POSITION_ERRORS
from audit.visits.position import Position

DEEPEST = 12
LARGEST_INTEGER = 10**15
MOST_ANSWERS = 1000
LONGEST_ID = 80
# A clock this far off is corrected for the order of answers; below it the network explains the difference.
CLOCK_TOLERANCE = timedelta(seconds=60)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2999  # a phone without its battery begins again in 1970


@dataclass(frozen=True)
class Clock:
    """The server's moment and the device's, when it sent this; None where it did not say."""

    at: datetime
    device: datetime | None = None

    @property
    def offset(self) -> float | None:
        """How many seconds the device is ahead, the time that sending took taken off; None: not told."""
        return None if self.device is None else round((self.device - self.at).total_seconds(), 1)

    def corrected(self, told: datetime) -> datetime:
        """When that was by the server's clock, as far as it matters: never later than now."""
        return min(told - self._ahead, self.at)

    @property
    def _ahead(self) -> timedelta:
        # Whole minutes: the same device is corrected alike, however long a request was under way.
        ahead = timedelta(minutes=round((self.offset or 0) / 60))
        return ahead if abs(ahead) > CLOCK_TOLERANCE else timedelta(0)


class Unreadable(AuditError):
    """The body is no JSON object that can be kept. 400."""

    code = "bad_json"


def read(body: bytes) -> dict[str, Any]:
    """The JSON object in the body; Unreadable if it is none or holds what cannot be kept."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Unreadable(_("The body must be one JSON object in UTF-8.")) from None
    if not isinstance(found, dict):
        raise Unreadable(_("The body must be one JSON object in UTF-8."))
    _check(found, DEEPEST)
    return found


def _refuse(name: str) -> None:
    raise ValueError(name)


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise Unreadable(_("The JSON is nested too deeply."))
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        # Also what overflows to infinity: 1e999 is valid JSON.
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise Unreadable(_("A number in the JSON is too large."))
    elif isinstance(value, list):
        for one in value:
            _check(one, depth - 1)
    else:
        for name, one in value.items():
            _check_text(name)
            _check(one, depth - 1)


def _check_text(text: str) -> None:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Unreadable(_("A text in the JSON holds a character that cannot be kept."))


def wrong(field: str, rule: str) -> Invalid:
    """A part of the right JSON that has the wrong shape."""
    return Invalid(
        _("“%(field)s” is not as expected: %(rule)s.", field=field, rule=rule), code="shape", field=field
    )


def given(body: Mapping[str, Any], clock: Clock) -> list[Given]:
    """The answers under `answers`: a list of objects with `question`, or an object by question."""
    answers = body.get("answers", [])
    if isinstance(answers, dict):
        answers = [
            {**one, "question": name} if isinstance(one, dict) else one for name, one in answers.items()
        ]
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
        raise wrong("answers", _("a list of answers"))
    return [_given(one, clock) for one in answers]


def _given(one: Any, clock: Clock) -> Given:
    if not isinstance(one, dict):
        raise wrong("answers", _("a list of objects"))
    question, na, comment = one.get("question"), one.get("na", False), one.get("comment", "")
    hidden, seen = one.get("hidden", False), one.get("seen")
    if not isinstance(question, str) or not 0 < len(question) <= LONGEST_ID:
        raise wrong("question", _("the id of a question"))
    if not isinstance(na, bool):
        raise wrong("na", _("true or false"))
    if not isinstance(hidden, bool):
        raise wrong("hidden", _("true or false"))
    if not isinstance(comment, str):
        raise wrong("comment", _("a text"))
    if seen is not None and type(seen) is not int:
        raise wrong("seen", _("a whole number"))
    device_at = moment(one.get("at"), "at")
    if device_at is None:
        raise wrong("at", _("a time such as 2026-11-14T14:05:00+07:00"))
    value = one.get("value")
    return Given(
        question,
        None if value == "" else value,  # the empty text is how a text field says that it was cleared
        na,
        comment,
        clock.corrected(device_at),
        device_at=device_at,
        seen=seen,
        hidden=hidden,
    )


def moment(raw: Any, field: str) -> datetime | None:
    """An aware time in UTC from ISO 8601 with an offset; None for none at all."""
    if raw is None:
        return None
    try:
        found = datetime.fromisoformat(raw)
        if found.tzinfo is None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise ValueError(raw)
        return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise wrong(field, _("a time such as 2026-11-14T14:05:00+07:00")) from None


def photo_ids(body: Mapping[str, Any]) -> tuple[UUID, ...]:
    """The manifest under `photos`: ids as a list, or as the names of an object."""
    photos = body.get("photos", [])
    if isinstance(photos, dict):
        photos = list(photos)
    if not isinstance(photos, list) or len(photos) > MOST_ANSWERS:
        raise wrong("photos", _("a list of photo ids"))
    try:
        return tuple(UUID(one) for one in photos)
    except (TypeError, ValueError, AttributeError):
        raise wrong("photos", _("a list of photo ids")) from None


def device(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the device says of itself: clock, durations, position; kept as sent."""
    found = body.get("device", {})
    if not isinstance(found, dict):
        raise wrong("device", _("an object"))
    return found


def place(body: Mapping[str, Any]) -> dict[str, Any]:
    """Where the device was, for a visit's events: the position, or why there is none; nonsense is left out."""
    found: dict[str, Any] = {}
    position, error = body.get("position"), body.get("error")
    if isinstance(position, dict):
        numbers = [position.get(name) for name in ("latitude", "longitude", "accuracy", "age")]
        read = Position.of([None if isinstance(one, bool) else one for one in numbers])
        if read is not None:
            found["position"] = read._asdict()
    if error in POSITION_ERRORS:
        found["position_error"] = error
    return found


def text(body: Mapping[str, Any], field: str, longest: int) -> str:
    """A text of at most so many letters; empty when absent."""
    found = body.get(field) or ""
    if not isinstance(found, str) or len(found) > longest:
        raise wrong(field, _("a text of at most %(longest)s characters", longest=longest))
    return found


def number(body: Mapping[str, Any], field: str) -> int | None:
    """A whole number, or None for none at all."""
    found = body.get(field)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool):
        raise wrong(field, _("a whole number"))
    return found
