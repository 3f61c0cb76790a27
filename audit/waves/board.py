"""The board of waves: how far each has come as a stacked line, and what needs a person now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for

from audit.checklists.queries import Texts, titles_of
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.waves.models import Wave, WaveState
from audit.waves.queries import Progress, progress_of

# Whole waves are looked at from the agency's own desk; single visits by their branch's clock.
DESK = ZoneInfo("Asia/Ho_Chi_Minh")

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("released", ("released",)),
    ("approved", ("approved",)),
    ("review", ("submitted", "returned")),
    ("under_way", ("in_progress",)),
    ("out", ("offered", "accepted")),
    ("planned", ("planned",)),
    ("ended", ("aborted", "rejected")),
)


@dataclass(frozen=True)
class Strip:
    """One part of the stacked line: its name for the style, its word, where it begins and how long it is."""

    name: str
    word: str
    start: int
    count: int


@dataclass(frozen=True)
class Need:
    """Something a person should do now, and where."""

    text: str
    address: str


@dataclass(frozen=True)
class Card:
    """A wave on the board."""

    wave: Wave
    title: Texts  # of its checklist
    progress: Progress
    strips: list[Strip]
    needs: list[Need]


def cards(waves: list[Wave], at: datetime) -> list[Card]:
    """A card for each wave; two queries for all of them."""
    found = progress_of([wave.id for wave in waves], at, at.astimezone(DESK).date())
    titles = titles_of(wave.version_id for wave in waves)
    return [
        Card(wave, titles[wave.version_id], done, strips(done), needs(wave, done))
        for wave in waves
        for done in [found[wave.id]]
    ]


def strips(progress: Progress) -> list[Strip]:
    """The parts of the line that are not empty, what is finished first."""
    words = {
        "released": _("Released"),
        "approved": _("Approved"),
        "review": _("In review"),
        "under_way": _("Under way"),
        "out": _("Offered or accepted"),
        "planned": _("Without a shopper"),
        "ended": _("Without a result"),
    }
    parts, start = [], 0
    for name, states in GROUPS:
        count = progress.of(*states)
        if count:
            parts.append(Strip(name, words[name], start, count))
            start += count
    return parts


def needs(wave: Wave, progress: Progress) -> list[Need]:
    """What waits for the agency in this wave."""

    def page(state: str | None = None) -> str:
        return url_for("planning.wave", wave_id=wave.id, state=state, _anchor="visits" if state else None)

    found: list[Need] = []
    if wave.state == WaveState.PLANNING:
        if wave.ethics_at is None:
            found.append(Need(_("Ethics note is missing"), url_for("waves.ethics", wave_id=wave.id)))
        elif progress.total:
            found.append(Need(_("Ready to open"), page()))
        if not progress.total:
            found.append(Need(_("No visits planned yet"), page()))
        return found
    submitted, approved, free = (progress.of(state) for state in ("submitted", "approved", "planned"))
    counted = [
        (progress.late, "late", ngettext("%(num)s visit late", "%(num)s visits late", progress.late)),
        (submitted, "submitted", ngettext("%(num)s visit to review", "%(num)s visits to review", submitted)),
        (approved, "approved", ngettext("%(num)s visit to release", "%(num)s visits to release", approved)),
    ]
    if wave.state == WaveState.OPEN and free:
        words = ngettext("%(num)s visit without a shopper", "%(num)s visits without a shopper", free)
        counted.append((free, "planned", words))
    return found + [Need(text, page(state)) for count, state, text in counted if count]
