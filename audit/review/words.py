"""Answers, waits and events in words, in the language of the request."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from audit.i18n import gettext as _
from audit.i18n import ngettext, number, text_of
from audit.scoring.times import seconds

Question = Mapping[str, Any]


def said(question: Question, answer: Mapping[str, Any], zone: str = "") -> str:
    """A submitted answer in words; an em dash for a blank.

    With `zone`, the branch's, a duration is told with its times of day: for the agency and the shopper alone.
    """
    if answer.get("na"):
        return _("Not applicable")
    if question["type"] == "photo":
        count = int(answer.get("photos", 0))
        return ngettext("%(num)s photo", "%(num)s photos", count) if count else "—"
    value = answer.get("value")
    if value is None or value == "":
        return "—"
    return _SAYING[question["type"]](question, value, zone)


def _yesno(question: Question, value: Any, zone: str) -> str:
    del question, zone
    return _("Yes") if value == "yes" else _("No")


def _single(question: Question, value: Any, zone: str) -> str:
    return _multi(question, [value], zone)


def _multi(question: Question, value: Any, zone: str) -> str:
    del zone
    titles = {option["id"]: text_of(option.get("text")) or option["id"] for option in question["options"]}
    return "; ".join(titles.get(one, str(one)) for one in value) or _("None of these")


def _scale(question: Question, value: Any, zone: str) -> str:
    del zone
    return f"{value} / {question['max']}"


def _number(question: Question, value: Any, zone: str) -> str:
    del zone
    exact = Fraction(str(value))
    shown = number(exact, 0 if exact.denominator == 1 else 2)
    return f"{shown} {text_of(question.get('unit'))}".strip()


def _duration(question: Question, value: Any, zone: str) -> str:
    del question
    start, end = seconds(value.get("start")), seconds(value.get("end"))
    if start is None or end is None:
        return "—"
    minutes = Fraction(end - start, 60)
    shown = number(minutes, 0 if minutes.denominator == 1 else 1)
    if not zone:
        return _("%(minutes)s min", minutes=shown)
    times = [_local(value[key], zone) for key in ("start", "end")]
    return _("%(minutes)s min (%(start)s to %(end)s)", minutes=shown, start=times[0], end=times[1])


def _local(text: str, zone: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")
    except (ValueError, OverflowError):
        return text


def _text(question: Question, value: Any, zone: str) -> str:
    del question, zone
    return str(value)


_SAYING = {
    "yesno": _yesno,
    "single": _single,
    "multi": _multi,
    "scale": _scale,
    "number": _number,
    "duration": _duration,
    "text": _text,
}


def waited(since: timedelta) -> str:
    """How long something has waited: whole days, else hours, else minutes."""
    minutes = max(0, int(since.total_seconds() // 60))
    if minutes >= 48 * 60:
        return ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60))
    if minutes >= 60:
        return ngettext("%(num)s hour", "%(num)s hours", minutes // 60)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def unreadable(code: str | None) -> str:
    """Why a photo that was kept could not be read."""
    reasons = {
        "not_an_image": _("not a photo"),
        "broken_data": _("damaged, or it did not arrive whole"),
        "broken_header": _("cannot be opened"),
        "too_many_pixels": _("too many pixels"),
        "too_long": _("one side is too long"),
        "too_small": _("too small to see anything"),
        "animated": _("moving pictures are not taken"),
    }
    return reasons.get(code or "", _("cannot be read"))


def event(action: str) -> str:
    """A step of a visit's life as something that happened."""
    happened = {
        "plan": _("Planned"),
        "offer": _("Offered"),
        "accept": _("Accepted"),
        "decline": _("Declined"),
        "expire": _("Expired"),
        "withdraw": _("Given back"),
        "start": _("Started"),
        "submit": _("Submitted"),
        "abort": _("Could not be completed"),
        "return": _("Returned"),
        "approve": _("Approved"),
        "reject": _("Rejected"),
        "release": _("Released"),
        "cancel": _("Cancelled"),
        "reopen": _("Reopened after an appeal"),
        "visit.claimed": _("Taken for review"),
        "visit.handed_over": _("Review handed over"),
        "visit.escalated": _("Waited too long: the agency was told"),
    }
    return happened.get(action, action)
