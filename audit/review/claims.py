"""Who works on a submission: one editor at a time. A claim lasts until the visit is decided or given back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid
from audit.forms import clean
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.trail.models import Entry
from audit.trail.services import record
from audit.visits.lifecycle import State
from audit.visits.models import Visit

LONGEST_REASON = 500
KINDS = ("visit.claimed", "visit.handed_over", "visit.escalated")


def claim(visit: Visit, by: Person, at: datetime) -> None:
    """Take a submission to review it; a second time changes nothing. Callers hold the visit's lock.

    Forbidden for the visit's own shopper; Conflict when nothing waits (`state`) or another one has it (`claimed`).
    """
    check_reviewer(visit, by)
    _check_waits(visit)
    check_free(visit, by)
    if visit.claimed_by_id is None:
        _give(visit, by, at)
        record("visit.claimed", by, at, client_id=visit.client_id, visit_id=visit.id)
        db.session.flush()


def hold(visit: Visit, by: Person, at: datetime) -> None:
    """What working on a submission does first, such as a correction: claims it where nobody has it.

    Conflict (`claimed`) when another one has it. Visits that wait for nobody are not claimed.
    """
    if visit.state == State.SUBMITTED:
        claim(visit, by, at)


def check_free(visit: Visit, by: Person) -> None:
    """Conflict (`claimed`) while somebody else works on the submission; a decision ends a claim."""
    if visit.state == State.SUBMITTED and visit.claimed_by is not None and visit.claimed_by_id != by.id:
        name = visit.claimed_by.name
        raise Conflict(
            _("%(name)s is working on this visit. Take it over, with a reason, to go on.", name=name),
            code="claimed",
        )


def check_seen(visit: Visit, seen: int | None) -> None:
    """Conflict (`stale`) unless what is decided is what was looked at; `seen` None: the page did not say."""
    if seen is not None and seen != visit.round:
        raise Conflict(
            _("The shopper has sent this visit again since you opened it. Reload the page and look again."),
            code="stale",
        )


def take_over(visit: Visit, by: Person, at: datetime, reason: str) -> None:
    """Take a submission from another editor, with a reason; Invalid names the field `reason`."""
    check_reviewer(visit, by)
    _check_waits(visit)
    before = visit.claimed_by_id
    if before is None or before == by.id:
        claim(visit, by, at)
        return
    _change(visit, by, by, at, _reason(reason))


def hand_over(visit: Visit, by: Person, at: datetime, to: Person, reason: str = "") -> None:
    """Give a submission to another editor, who gets a mail. Who does not have it needs a reason.

    Invalid names the field.
    """
    check_reviewer(visit, by)
    _check_waits(visit)
    if not to.active or not to.is_agency:
        raise Invalid(_("Choose an editor who is active."), field="to")
    if to.id == visit.shopper_id:
        raise Invalid(_("This visit was theirs, so somebody else must review it."), field="to")
    if visit.claimed_by_id == to.id:
        return
    is_own = visit.claimed_by_id in (None, by.id)
    _change(visit, to, by, at, _reason(reason, needed=not is_own))
    if to.id != by.id:
        _tell(visit, to, at)


def give_back(visit: Visit, by: Person, at: datetime) -> None:
    """Lay an own claim down, so that anybody may go on; a second time changes nothing."""
    _check_waits(visit)
    check_free(visit, by)
    if visit.claimed_by_id is not None:
        put_down(visit, escalation=False)
        record(
            "visit.handed_over", by, at, client_id=visit.client_id, visit_id=visit.id, before=by.id, to=None
        )
        db.session.flush()


def put_down(visit: Visit, *, escalation: bool = True) -> None:
    """A decision ends the claim, and with it the call of the clock."""
    visit.claimed_by = None
    visit.claimed_by_id = visit.claimed_at = None
    if escalation:
        visit.escalated_at = None


def story_of(visit: Visit) -> list[Entry]:
    """Who took and handed over the visit, and when the clock called, first to last, with who did it."""
    query = select(Entry).where(Entry.visit_id == visit.id, Entry.kind.in_(KINDS)).order_by(Entry.id)
    return list(db.session.scalars(query.options(joinedload(Entry.by))))


def check_reviewer(visit: Visit, by: Person) -> None:
    """An editor may also go on visits, but never decides about their own."""
    if visit.shopper_id == by.id:
        raise Forbidden(_("This visit was yours, so somebody else must review it."))


def _check_waits(visit: Visit) -> None:
    if visit.state != State.SUBMITTED:
        raise Conflict(_("This is not possible now: the visit has moved on. Reload the page."), code="state")


def _reason(text: str, *, needed: bool = True) -> str:
    given = clean(text)
    if needed and not given:
        raise Invalid(_("Write why: the editor who had it reads it."), field="reason")
    if len(given) > LONGEST_REASON:
        raise Invalid(
            _("The reason is too long: at most %(most)s characters.", most=LONGEST_REASON), field="reason"
        )
    return given


def _change(visit: Visit, to: Person, by: Person, at: datetime, reason: str) -> None:
    before = visit.claimed_by_id
    _give(visit, to, at)
    record(
        "visit.handed_over",
        by,
        at,
        client_id=visit.client_id,
        visit_id=visit.id,
        person_id=to.id,
        before=before,
        to=to.id,
        reason=reason,
    )
    db.session.flush()


def _tell(visit: Visit, to: Person, at: datetime) -> None:
    """Who gets it would find out only by looking; why and from whom stands on the page."""

    def write() -> tuple[str, str]:
        said = _("Another editor has handed you a visit that waits for review. Read why, and look at it:")
        return _("A visit was handed to you for review"), letter(said, link_to(f"/review/{visit.id}"))

    post(f"handed:{visit.id}:{at:%Y%m%dT%H%M%S%f}:{to.id}", to, at, write)


def _give(visit: Visit, to: Person, at: datetime) -> None:
    visit.claimed_by, visit.claimed_by_id, visit.claimed_at = to, to.id, at
