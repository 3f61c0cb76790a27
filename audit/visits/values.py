"""What a person typed for one question, turned into the value of scoring.md 1.4 and back. Pure."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from audit.forms import clean
from audit.i18n import gettext as _
from audit.i18n import language
from audit.scoring import visit as scoring
from audit.visits import sentences
from audit.visits.outline import Question
from audit.visits.sentences import LONGEST_COMMENT, LONGEST_TEXT

NA = "~na"
NONE = "~none"
_NUMBER = re.compile(r"(-?\d{1,12})(?:[.,](\d{1,6}))?", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """An answer as kept: a JSON value or None, N/A, comment."""

    value: Any = None
    na: bool = False
    comment: str = ""


@dataclass
class Typed:
    """What stands in the inputs: strings as typed, the chosen options, and what is wrong with them."""

    chosen: list[str] = field(default_factory=list)
    text: str = ""
    start: str = ""
    end: str = ""
    comment: str = ""
    problem: str | None = None


def read(question: Question, name: str, posted: MultiDict[str, Any], zone: str) -> tuple[Entry, Typed]:
    """The answer in a posted form whose inputs begin with `name`; `Typed.problem` is the broken rule."""
    typed = Typed(
        chosen=[one for one in posted.getlist(name) if isinstance(one, str)],
        text=_posted(posted, name),
        start=_posted(posted, f"{name}-start"),
        end=_posted(posted, f"{name}-end"),
        comment=_plain(_posted(posted, f"{name}-comment")),
    )
    if len(typed.comment) > LONGEST_COMMENT:
        typed.problem = sentence("comment_long", question)
        return Entry(), typed
    na = NA in typed.chosen or posted.get(f"{name}-na") == NA
    if na and question.get("na", False):
        typed.chosen = [NA]
        return Entry(None, True, typed.comment), typed
    try:
        value = _READERS[question["type"]](question, typed, zone)
        if value is not None:
            scoring.credit(question, value)
    except scoring.AnswerError as misfit:
        typed.problem = sentence(misfit.rule, question)
        return Entry(comment=typed.comment), typed
    return Entry(value, False, typed.comment), typed


def _posted(posted: MultiDict[str, Any], name: str) -> str:
    """The text under a name; a file sent in its place is none."""
    found = posted.get(name, "")
    return found if isinstance(found, str) else ""


def shown(question: Question, entry: Entry, zone: str) -> Typed:
    """The inputs for an answer that is kept."""
    typed = Typed(comment=entry.comment, chosen=[NA] if entry.na else [])
    value = entry.value
    if entry.na or value is None:
        return typed
    if question["type"] == "multi":
        typed.chosen = [str(one) for one in value] or [NONE]
    elif question["type"] == "duration":
        typed.start, typed.end = (_local(value.get(key), zone) for key in ("start", "end"))
    elif question["type"] == "number":
        typed.text = str(value).replace(".", ",") if language() == "vi" else str(value)
    elif question["type"] == "text":
        typed.text = str(value)
    else:
        typed.chosen = [str(value)]
    return typed


def sentence(rule: str, question: Question) -> str:
    """The broken rule as a sentence that says what to do; rules of typing are ours, the others of answers."""
    ours = {
        "number_grouped": _("Write the number without separators for thousands, for example 1500."),
        "none_and_some": _("Either tick what applies, or “None of these”, not both."),
        "value_time": _("Fill in both times: when it started and when it ended."),
    }
    return ours.get(rule) or sentences.sentence(rule, question)


def _choice(question: Question, typed: Typed, zone: str) -> str | None:
    del question, zone
    return next((one for one in typed.chosen if one), None)


def _choices(question: Question, typed: Typed, zone: str) -> list[str] | None:
    del question, zone
    ticked = [one for one in typed.chosen if one and one != NONE]
    if NONE in typed.chosen:
        if ticked:
            raise scoring.AnswerError("none_and_some")
        return []
    return ticked or None


def _scale(question: Question, typed: Typed, zone: str) -> int | None:
    chosen = _choice(question, typed, zone)
    if chosen is None:
        return None
    if not re.fullmatch(r"-?\d{1,6}", chosen, re.ASCII):
        raise scoring.AnswerError("value_integer")
    return int(chosen)


def number(text: str) -> int | str | None:
    """3 or "2.5" from what was typed; AnswerError for no number, and where 1.500 could mean two things."""
    text = clean(text).replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
    if not text:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        grouped = re.fullmatch(r"-?\d{1,3}([.,]\d{3})+([.,]\d+)?", text, re.ASCII)
        raise scoring.AnswerError("number_grouped" if grouped else "value_number")
    whole, part = found[1], found[2]
    if part is None:
        return int(whole)
    if len(part) == 3 and whole.lstrip("-0"):
        raise scoring.AnswerError("number_grouped")
    return f"{whole}.{part}"


def _number(question: Question, typed: Typed, zone: str) -> int | str | None:
    del question, zone
    return number(typed.text)


def _duration(question: Question, typed: Typed, zone: str) -> dict[str, str] | None:
    del question
    if not typed.start and not typed.end:
        return None
    start, end = moment(typed.start, zone), moment(typed.end, zone)
    if start is None or end is None:
        raise scoring.AnswerError("value_time")
    return {"start": start.isoformat(timespec="seconds"), "end": end.isoformat(timespec="seconds")}


def moment(text: str, zone: str) -> datetime | None:
    """An aware datetime from a date-time input in the branch's zone, None if it is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.tzinfo is not None or not 2000 <= found.year <= 2100:
        return None
    return found.replace(tzinfo=ZoneInfo(zone), microsecond=0)


def _local(moment_text: Any, zone: str) -> str:
    try:
        found = datetime.fromisoformat(str(moment_text)).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        return ""
    return found.strftime("%Y-%m-%dT%H:%M:%S")


def _plain(text: str) -> str:
    """Browsers post line ends as two characters; the script sends one."""
    return clean(text.replace("\0", "").replace("\r\n", "\n"))


def _text(question: Question, typed: Typed, zone: str) -> str | None:
    del question, zone
    text = _plain(typed.text)
    if len(text) > LONGEST_TEXT:
        raise scoring.AnswerError("text_long")
    return text or None


def _photo(question: Question, typed: Typed, zone: str) -> None:
    del question, typed, zone


_READERS = {
    "yesno": _choice,
    "single": _choice,
    "multi": _choices,
    "scale": _scale,
    "number": _number,
    "duration": _duration,
    "text": _text,
    "photo": _photo,
}
