"""Mails about disputes: a link and what happened, never a figure and never a word of the dispute."""

from collections.abc import Callable
from datetime import datetime

from audit.accounts import agency
from audit.branches.readers import readers_of
from audit.followup.models import Dispute
from audit.i18n import clock
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.review.models import Scorecard

Letter = tuple[str, str]  # subject and text


def raised(dispute: Dispute, card: Scorecard, at: datetime) -> None:
    """Tell the agency: every editor and admin."""
    for person in agency.editors():
        post(f"dispute:{dispute.id}:{person.id}", person, at, _raised(dispute, card))


def answered(dispute: Dispute, edition: Scorecard | None, at: datetime) -> None:
    """Tell who objected; of a new edition everybody in whose scope the branch is, so all who had the first."""
    card = edition or dispute.scorecard
    readers = readers_of([card.branch])[card.branch_id].everybody
    raiser = next((person for person in readers if person.id == dispute.by_id), None)
    if raiser is not None:
        post(f"outcome:{dispute.id}:{raiser.id}", raiser, at, _outcome(card))
    if edition is None:
        return
    for person in readers:
        if person is not raiser:
            post(f"edition:{edition.id}:{person.id}", person, at, _edition(edition))


def _raised(dispute: Dispute, card: Scorecard) -> Callable[[], Letter]:
    def write() -> Letter:
        subject = _("%(branch)s objects to an answer", branch=card.branch.name)
        parts = [
            _(
                "%(branch)s (%(client)s) has objected to an answer of %(number)s. Please answer by %(time)s:",
                branch=card.branch.name,
                client=card.client.name,
                number=card.number,
                time=clock(dispute.answer_by, card.branch.timezone),
            ),
            link_to(f"/disputes/{dispute.id}"),
        ]
        return subject, letter(*parts)

    return write


def _outcome(card: Scorecard) -> Callable[[], Letter]:
    def write() -> Letter:
        subject = _("%(branch)s: your dispute has been answered", branch=card.branch.name)
        said = _(
            "The dispute about %(number)s of %(branch)s has been answered. The outcome and its reason:",
            number=card.number,
            branch=card.branch.name,
        )
        return subject, letter(said, link_to(f"/scorecards/{card.id}#disputes"))

    return write


def _edition(card: Scorecard) -> Callable[[], Letter]:
    def write() -> Letter:
        subject = _(
            "%(branch)s: version %(version)s of a scorecard", branch=card.branch.name, version=card.edition
        )
        said = _(
            "The scorecard %(number)s of %(branch)s, %(wave)s, has a version %(version)s, because a dispute was"
            " upheld. It replaces the version that you have; the earlier one can still be downloaded:",
            number=card.number,
            branch=card.branch.name,
            wave=card.wave.name,
            version=card.edition,
        )
        return subject, letter(said, link_to(f"/scorecards/{card.id}"))

    return write
