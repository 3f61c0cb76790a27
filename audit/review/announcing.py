"""The mails that tell the client's people of released scorecards: a link, never a figure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from audit.accounts import agency
from audit.accounts.models import Person
from audit.branches.readers import readers_of
from audit.i18n import day, ngettext
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.review.models import Scorecard
from audit.waves.models import Wave

AFTER_FILES = 2  # below the priority of the PDFs: who follows the link finds them made


def announce(card: Scorecard, at: datetime) -> None:
    """One scorecard, to everybody in whose scope its branch is."""
    for person in readers_of([card.branch])[card.branch_id].everybody:
        post(f"release:{card.id}:{person.id}", person, at, _about(card), priority=AFTER_FILES)


def announce_wave(wave: Wave, cards: Sequence[Scorecard], at: datetime) -> None:
    """Many at once: branch managers get a mail for each of theirs, those above them one for the wave."""
    readers = readers_of({card.branch_id: card.branch for card in cards}.values())
    counts: dict[int, int] = defaultdict(int)
    above: dict[int, Person] = {}
    for card in cards:
        for person in readers[card.branch_id].managers:
            post(f"release:{card.id}:{person.id}", person, at, _about(card), priority=AFTER_FILES)
        for person in readers[card.branch_id].above:
            above[person.id] = person
            counts[person.id] += 1
    for person in above.values():
        key = f"release-wave:{wave.id}:{at:%Y%m%dT%H%M%S}:{person.id}"
        post(key, person, at, _about_wave(wave, counts[person.id]), priority=AFTER_FILES)


def tell_held_back(wave: Wave, count: int, at: datetime) -> None:
    """Every admin, of what a release by the clock left behind for alarms that nobody has settled; none: no mail."""

    def write() -> tuple[str, str]:
        subject = _("%(wave)s: not everything was released", wave=wave.name)
        said = ngettext(
            "%(num)s approved visit of %(wave)s stayed behind at the release by itself: nobody has confirmed or"
            " dismissed its alarm. Check it, then release the visit by hand:",
            "%(num)s approved visits of %(wave)s stayed behind at the release by itself: nobody has confirmed or"
            " dismissed their alarms. Check them, then release the visits by hand:",
            count,
            wave=wave.name,
        )
        return subject, letter(said, link_to(f"/waves/{wave.id}"))

    for person in agency.admins() if count else ():
        post(f"release-held:{wave.id}:{at:%Y%m%dT%H%M%S}:{person.id}", person, at, write)


def _about(card: Scorecard) -> Callable[[], tuple[str, str]]:
    def write() -> tuple[str, str]:
        subject = _(
            "%(branch)s: a scorecard of %(wave)s is ready", branch=card.branch.name, wave=card.wave.name
        )
        parts = [
            _(
                "The scorecard %(number)s of %(branch)s (%(code)s), %(wave)s, is ready to be read:",
                number=card.number,
                branch=card.branch.name,
                code=card.branch.code,
                wave=card.wave.name,
            ),
            link_to(f"/scorecards/{card.id}"),
        ]
        if card.dispute_until is not None:
            parts.append(
                _(
                    "If something in it is not right, the branch can object until %(day)s, on the same page.",
                    day=day(card.dispute_until),
                )
            )
        return subject, letter(*parts)

    return write


def _about_wave(wave: Wave, count: int) -> Callable[[], tuple[str, str]]:
    def write() -> tuple[str, str]:
        subject = _("%(client)s: scorecards of %(wave)s are ready", client=wave.client.name, wave=wave.name)
        parts = [
            ngettext(
                "%(num)s scorecard of %(wave)s in your area of responsibility has just been released.",
                "%(num)s scorecards of %(wave)s in your area of responsibility have just been released.",
                count,
                wave=wave.name,
            ),
            _("Compare the branches:"),
            link_to(f"/network?wave={wave.id}"),
            _("Download all PDFs as one file:"),
            link_to(f"/batches/new?wave={wave.id}"),
        ]
        return subject, letter(*parts)

    return write
