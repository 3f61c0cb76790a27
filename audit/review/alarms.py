"""Red flags: a "yes" to a question marked as alarming. The agency hears at once, the client once it is confirmed."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, false, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from audit.accounts import agency
from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch
from audit.branches.queries import branches_for
from audit.branches.readers import readers_of
from audit.db import db
from audit.errors import Conflict, Invalid, NotFound
from audit.forms import clean
from audit.i18n import gettext as _
from audit.i18n import text_of
from audit.mails.services import letter, link_to, post
from audit.review import claims
from audit.review.layers import Alarm
from audit.scoring import visit as scoring
from audit.trail.services import record
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.models import Submission, Visit

LONGEST_NOTE = 2_000
MOST = 200  # on the list
OPEN = (State.SUBMITTED, State.RETURNED)  # what is decided was looked at by a person


def raise_alarms(visit: Visit, round_: int, at: datetime) -> list[Alarm]:
    """An alarm for each alarming "yes" of a round; once per visit and question, with its mails. Flushes."""
    submission = db.session.scalar(
        select(Submission).where(
            Submission.visit_id == visit.id, Submission.round == round_, Submission.status == "accepted"
        )
    )
    if submission is None or visit.state not in OPEN:
        return []
    raised = []
    for question in _alarming(visit, submission):
        row = {"visit_id": visit.id, "question_id": question, "round": round_, "at": at, "state": "raised"}
        made = insert(Alarm).values(note="", **row).on_conflict_do_nothing().returning(Alarm)
        alarm = db.session.scalar(made)
        if alarm is not None:
            raised.append(alarm)
            about = {"client_id": visit.client_id, "visit_id": visit.id}
            record("alarm.raised", None, at, **about, alarm=alarm.id, question=question)
            for person in _called(visit):
                post(f"alarm:{alarm.id}:{person.id}", person, at, _to_agency(alarm, visit))
    db.session.flush()
    return raised


def _alarming(visit: Visit, submission: Submission) -> list[str]:
    known, given = visits.checklist_of(visit), submission.payload["answers"]
    answers = {name: one for name, one in given.items() if name in known.questions}
    marked = [name for name, one in known.questions.items() if one.get("alarm")]
    if not marked:
        return []
    states = scoring.states(known.checklist, answers)
    return [name for name in marked if states[name] == "answered" and answers[name].get("value") == "yes"]


def _called(visit: Visit) -> Sequence[Person]:
    """The client's named person of the agency; every admin where there is none who could act."""
    named = visit.client.alarm_person_id
    person = db.session.get(Person, named) if named is not None else None
    if person is not None and person.active and person.is_agency:
        return [person]
    return agency.admins()


def settle(alarm: Alarm, by: Person, at: datetime, note: str, *, is_true: bool) -> Alarm:
    """Confirm an alarm, which tells the client, or dismiss it; with a note. Callers hold the visit's lock.

    The same again changes nothing. Invalid names the field `note`; Conflict when it was settled otherwise
    before, or when the visit it belongs to was rejected.
    """
    visit, wanted = alarm.visit, "confirmed" if is_true else "dismissed"
    claims.check_reviewer(visit, by)
    if alarm.state == wanted and alarm.settled_by_id == by.id:
        return alarm
    if alarm.state != "raised":
        raise Conflict(_("Somebody has already settled this alarm. Reload the page."), code="settled")
    if is_true and visit.state == State.REJECTED:
        raise Conflict(_("This visit was rejected, so its alarm can only be dismissed."), code="rejected")
    alarm.note = _note(note)
    alarm.state, alarm.settled_by_id, alarm.settled_at = wanted, by.id, at
    record(
        f"alarm.{wanted}",
        by,
        at,
        client_id=visit.client_id,
        visit_id=visit.id,
        alarm=alarm.id,
        note=alarm.note,
    )
    if is_true:
        for person in readers_of([visit.branch])[visit.branch_id].above:
            post(f"alarm-client:{alarm.id}:{person.id}", person, at, _to_client(alarm, visit))
    db.session.flush()
    return alarm


def take_back(visit: Visit, at: datetime) -> None:
    """The visit was rejected: who was told of an alarm of it is told that it no longer counts. Flushes nothing."""
    for alarm in alarms_of(visit):
        if alarm.state == "confirmed":
            for person in readers_of([visit.branch])[visit.branch_id].above:
                key = f"alarm-taken-back:{alarm.id}:{at:%Y%m%dT%H%M%S}:{person.id}"
                post(key, person, at, _taken_back(alarm, visit))


def _note(text: str) -> str:
    given = clean(text)
    if not given:
        raise Invalid(_("Write what you found out: a note is needed."), field="note")
    if len(given) > LONGEST_NOTE:
        raise Invalid(
            _("The note is too long: at most %(most)s characters.", most=LONGEST_NOTE), field="note"
        )
    return given


def question_text(alarm: Alarm, lang: str | None = None) -> str:
    """What was asked, in the language of the request."""
    question = visits.checklist_of(alarm.visit).questions.get(alarm.question_id, {})
    return text_of(question.get("text"), lang) or alarm.question_id


def _to_agency(alarm: Alarm, visit: Visit) -> Callable[[], tuple[str, str]]:
    def write() -> tuple[str, str]:
        subject = _("Alarm at %(branch)s (%(client)s)", branch=visit.branch.name, client=visit.client.name)
        parts = [
            _("A shopper has just answered “yes” to a question marked as alarming:"),
            f"“{text_of(visits.checklist_of(visit).questions[alarm.question_id].get('text'))}”",
            _("Look at it now, then confirm or dismiss the alarm. The client is told only once you confirm."),
            link_to(f"/alarms/{alarm.id}"),
        ]
        return subject, letter(*parts)

    return write


def _to_client(alarm: Alarm, visit: Visit) -> Callable[[], tuple[str, str]]:
    def write() -> tuple[str, str]:
        subject = _("%(branch)s: something that cannot wait", branch=visit.branch.name)
        parts = [
            _(
                "During a visit to %(branch)s (%(code)s) something was seen that should not wait for the"
                " scorecard. The agency has checked it. Read what it is:",
                branch=visit.branch.name,
                code=visit.branch.code,
            ),
            link_to(f"/alarms/{alarm.id}"),
        ]
        return subject, letter(*parts)

    return write


def _taken_back(alarm: Alarm, visit: Visit) -> Callable[[], tuple[str, str]]:
    def write() -> tuple[str, str]:
        subject = _("%(branch)s: an alarm is taken back", branch=visit.branch.name)
        parts = [
            _(
                "We told you of something at %(branch)s (%(code)s) that should not wait. The agency has since"
                " rejected the visit that it came from: it no longer counts. Please do not act on it.",
                branch=visit.branch.name,
                code=visit.branch.code,
            ),
            link_to(f"/alarms/{alarm.id}"),
        ]
        return subject, letter(*parts)

    return write


def unsettled(visit_ids: Collection[int]) -> dict[int, int]:
    """The visits among these with an alarm that nobody has settled, each with the oldest such alarm."""
    query = (
        select(Alarm.visit_id, func.min(Alarm.id))
        .where(Alarm.visit_id.in_(visit_ids), Alarm.state == "raised")
        .group_by(Alarm.visit_id)
    )
    return dict(db.session.execute(query).all())


def check_settled(visit: Visit) -> None:
    """Conflict (`alarm`, with its number) while somebody still has to confirm or dismiss an alarm of the visit."""
    alarm_id = unsettled([visit.id]).get(visit.id)
    if alarm_id is not None:
        raise Conflict(
            _("An alarm of this visit has not been checked yet: confirm or dismiss it first."),
            code="alarm",
            alarm=alarm_id,
        )


def alarms_for(person: Person) -> Select[Alarm]:
    """The agency's people see every alarm, area managers and head office the confirmed ones of their branches."""
    query = select(Alarm).join(Alarm.visit)
    if not person.active:
        return query.where(false())
    if person.is_agency:
        return query
    if not person.has(RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER):
        return query.where(false())
    reached = branches_for(person).with_only_columns(Branch.id)
    return query.where(Alarm.state == "confirmed", Visit.branch_id.in_(reached))


_PARTS = (
    joinedload(Alarm.visit).joinedload(Visit.branch),
    joinedload(Alarm.visit).joinedload(Visit.client),
    joinedload(Alarm.visit).joinedload(Visit.version),
    joinedload(Alarm.visit).joinedload(Visit.wave),
)


def alarms(person: Person) -> list[Alarm]:
    """The newest ones in the person's scope, those that nobody has settled first."""
    query = alarms_for(person).options(*_PARTS)
    rows = db.session.scalars(query.order_by(Alarm.state != "raised", Alarm.id.desc()).limit(MOST))
    return _readable(person, list(rows))


def _readable(person: Person, rows: list[Alarm]) -> list[Alarm]:
    """A branch manager who also manages an area elsewhere learns nothing of the own branch by that."""
    if person.is_agency:
        return rows
    readers = readers_of(one.visit.branch for one in rows)
    return [one for one in rows if person.id in {reader.id for reader in readers[one.visit.branch_id].above}]


def alarm_for(person: Person, alarm_id: int, *, lock: bool = False) -> Alarm:
    """One alarm with its visit; NotFound when it is out of scope. `lock`: also of the visit, for changing it."""
    found = db.session.scalar(alarms_for(person).options(*_PARTS).where(Alarm.id == alarm_id))
    if found is None or not _readable(person, [found]):
        raise NotFound(_("There is no such alarm, or it is not yours."))
    if lock:
        visits.locked_visit_for(person, found.visit_id)
        fresh = select(Alarm).where(Alarm.id == alarm_id).with_for_update()
        db.session.scalars(fresh.execution_options(populate_existing=True)).one()
    return found


def alarms_of(visit: Visit) -> list[Alarm]:
    """The alarms of one visit, oldest first."""
    return list(db.session.scalars(select(Alarm).where(Alarm.visit_id == visit.id).order_by(Alarm.id)))


def open_alarms(person: Person) -> list[Alarm]:
    """What nobody has settled yet, oldest first; for the banner of the agency's people."""
    query = alarms_for(person).where(Alarm.state == "raised").options(*_PARTS)
    return list(db.session.scalars(query.order_by(Alarm.id).limit(MOST)))
