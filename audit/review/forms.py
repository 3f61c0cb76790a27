"""What the editor's pages send: the filter of the queue, notes by question, the reason of a rejection."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request
from wtforms import BooleanField, TextAreaField

from audit.branches.forms import is_id
from audit.forms import Form, clean
from audit.i18n import lazy_gettext as _l
from audit.review.queries import SORTS, STATES, QueueFilter
from audit.visits.lifecycle import State

NOTE = "note:"  # the name of a question's note begins with it


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

    @property
    def given(self) -> dict[str, str]:
        """Those that say something."""
        return {question: note for question, note in self.typed.items() if clean(note)}


def typed_notes() -> Notes:
    """The notes of the posted page."""
    posted = request.form.items()
    return Notes({name.removeprefix(NOTE): text for name, text in posted if name.startswith(NOTE)})


def seen_round() -> int | None:
    """Which round the editor was looking at; None when the page does not say."""
    text = request.form.get("round", "")
    return int(text) if is_id(text) else None


def queue_filter() -> tuple[QueueFilter, int]:
    """The filter and the page that the address asks for; nonsense falls back to all that waits."""
    state = request.args.get("state", "")
    client, wave = request.args.get("client", ""), request.args.get("wave", "")
    sort, page = request.args.get("sort", "submitted"), request.args.get("page", "1")
    wanted = QueueFilter(
        state=State(state) if state in STATES else State.SUBMITTED,
        client_id=int(client) if is_id(client) else None,
        wave_id=int(wave) if is_id(wave) else None,
        sort=sort if sort.removeprefix("-") in SORTS else "submitted",
    )
    return wanted, max(1, int(page)) if is_id(page) else 1
