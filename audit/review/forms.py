"""What the editor's pages send: the filter of the queue, notes by question, the reason of a rejection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from wtforms import BooleanField, TextAreaField

from audit.branches.forms import is_id
from audit.forms import Form, clean
from audit.i18n import lazy_gettext as _l
from audit.review.flag_names import NAMES
from audit.review.queue import SORTS, STATES, QueueFilter
from audit.review.queue_marks import LEVELS
from audit.visits.lifecycle import State

NOTE = "note:"  # the name of a question's note begins with it
CANNED = "canned:"  # and the one of a ready note that is put under it
FREE = "free"  # as the editor of a submission: nobody yet
ASKS = "1"  # as the answer to whether a correction waits
KEPT = (
    "client",
    "wave",
    "flag",
    "level",
    "asks",
    "editor",
)  # the part of the queue that goes along from page to page


class RejectForm(Form):
    """A rejection with its reason; the service checks both."""

    reason = TextAreaField(_l("Reason, which the shopper reads"))
    fraud = BooleanField(_l("This is fraud: record it as such"))


@dataclass
class Notes:
    """The notes as typed, by question, and what is wrong with them."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    field: str = ""  # another field of the page that the message is about
    alarm: int | None = None  # or the alarm that has to be settled first

    @property
    def given(self) -> dict[str, str]:
        """Those that say something."""
        return {question: note for question, note in self.typed.items() if clean(note)}


def typed_notes(ready: Mapping[str, str] | None = None) -> Notes:
    """The notes of the posted page, each with the ready note chosen under it (`ready`: texts by number)."""
    posted = request.form.items()
    typed = {name.removeprefix(NOTE): text for name, text in posted if name.startswith(NOTE)}
    for name, chosen in request.form.items():
        text = (ready or {}).get(chosen, "")
        if name.startswith(CANNED) and text:
            question = name.removeprefix(CANNED)
            before = clean(typed.get(question))
            typed[question] = f"{before}\n{text}" if before else text
    return Notes(typed)


def typed_rejection() -> RejectForm | None:
    """The rejection as typed; None where the page did not send its fields."""
    return RejectForm() if "reject" in request.form else None


def has_more() -> bool:
    """Whether something beside the notes was typed on the page: the word about flags, or a rejection."""
    rejection = typed_rejection()
    typed = (request.form.get("flag_note"), rejection and (rejection.reason.data or rejection.fraud.data))
    return any(typed)


def seen_round() -> int | None:
    """Which round the editor was looking at; None when the page does not say."""
    text = request.form.get("round", "")
    return int(text) if is_id(text) else None


def kept() -> dict[str, Any]:
    """The part of the queue that the editor works through, as the address says it."""
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


def queue_filter() -> tuple[QueueFilter, int]:
    """The filter and the page that the address asks for; nonsense falls back to all that waits."""
    asked = request.args
    state, flag, editor = asked.get("state", ""), asked.get("flag", ""), asked.get("editor", "")
    level, asks = asked.get("level", ""), asked.get("asks", "")
    sort, page = asked.get("sort", "submitted"), asked.get("page", "1")
    wanted = QueueFilter(
        state=State(state) if state in STATES else State.SUBMITTED,
        client_id=_id(asked.get("client", "")),
        wave_id=_id(asked.get("wave", "")),
        flag=flag if flag in NAMES else "",
        editor_id=_id(editor),
        is_free=editor == FREE,
        level=level if level in LEVELS else "",
        asks=asks == ASKS,
        sort=sort if sort.removeprefix("-") in SORTS else "submitted",
    )
    return wanted, max(1, int(page)) if is_id(page) else 1


def _id(text: str) -> int | None:
    return int(text) if is_id(text) else None
