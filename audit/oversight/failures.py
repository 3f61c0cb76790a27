"""The jobs that were given up, in words, and the admin's word to run them again."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit import jobs
from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import Forbidden, NotFound
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.mails.models import Mail
from audit.review.models import Scorecard
from audit.trail.services import record
from audit.visits.models import Visit
from audit.waves.models import Wave

SHOWN = 100
TASKS = {
    "send_mail": _l("Send a mail"),
    "make_scorecard_files": _l("Make the PDFs of a scorecard"),
    "make_batch_item": _l("Make a PDF for a ZIP file"),
    "make_batch_file": _l("Pack a ZIP file"),
    "make_wave_report": _l("Make the report of a wave"),
    "after_release": _l("Propose actions after a release"),
    "release_due": _l("Look for waves that are due to be released"),
    "release_wave_due": _l("Release a wave on its day"),
    "prepare_photos": _l("Make clean copies of a visit's photos"),
    "raise_flags": _l("Look for signs in a submission"),
    "raise_alarms": _l("Look for alarms in a submission"),
    "catch_up_flags": _l("Look for signs in earlier submissions"),
    "escalate": _l("Look for submissions that wait too long"),
    "forget_ended_sessions": _l("Forget sessions that ended long ago"),
    "sweep_uploads": _l("Clear away files that nothing needs"),
}


@dataclass(frozen=True)
class Failure:
    """A job that was given up, with what it was to do and of what; `address` is empty where no page shows it."""

    job: jobs.FailedJob
    task: str
    about: str
    address: str


Named = Mapping[int, tuple[str, str]]  # by number the text and the address


def failures(person: Person) -> tuple[list[Failure], int]:
    """The newest of them and how many there are; nothing for others than admins."""
    if not _may(person):
        return [], 0
    found = jobs.failed(db.session(), SHOWN)
    names = {key: load(_numbers(found, key)) for key, load in _ABOUT.items()}
    return [_failure(job, names) for job in found], jobs.failed_count(db.session())


def run_again(person: Person, at: datetime, ids: Collection[int] | None = None) -> int:
    """Run these again, or all; how many: 0 at a second click. Flushes. NotFound for one that never was."""
    if not _may(person):
        raise Forbidden(_("This step is not yours to take."))
    if ids is not None and not all(jobs.is_known(db.session(), number) for number in ids):
        raise NotFound(_("There is no such job."))
    again = jobs.run_again(db.session(), ids)
    for number, task in again:
        record("job.run_again", person, at, job=number, task=task)
    db.session.flush()
    return len(again)


def _may(person: Person) -> bool:
    return person.active and person.has(RoleName.ADMIN)


def _numbers(found: Iterable[jobs.FailedJob], key: str) -> set[int]:
    return {int(job.args[key]) for job in found if key in job.args}


def _failure(job: jobs.FailedJob, names: Mapping[str, Named]) -> Failure:
    about, address = next(
        (named[job.args[key]] for key, named in names.items() if job.args.get(key) in named), ("", "")
    )
    return Failure(job, str(TASKS.get(job.task, job.task)), about, address)


def _mails(ids: Collection[int]) -> Named:
    query = select(Mail).where(Mail.id.in_(ids))
    return {
        one.id: (one.subject, url_for("outbox.mail", mail_id=one.id)) for one in db.session.scalars(query)
    }


def _scorecards(ids: Collection[int]) -> Named:
    query = select(Scorecard).where(Scorecard.id.in_(ids)).options(joinedload(Scorecard.branch))
    return {
        one.id: (
            f"{one.number}-v{one.edition} · {one.branch.name}",
            url_for("reports.scorecard", scorecard_id=one.id),
        )
        for one in db.session.scalars(query)
    }


def _visits(ids: Collection[int]) -> Named:
    query = select(Visit).where(Visit.id.in_(ids)).options(joinedload(Visit.branch))
    return {
        one.id: (f"{one.id} · {one.branch.name}", url_for("review.visit", visit_id=one.id))
        for one in db.session.scalars(query)
    }


def _waves(ids: Collection[int]) -> Named:
    query = select(Wave).where(Wave.id.in_(ids))
    return {one.id: (one.name, url_for("planning.wave", wave_id=one.id)) for one in db.session.scalars(query)}


def _plain(numbers: Collection[int]) -> Named:
    """Orders of other people: they have pages, but not for the admin."""
    return {number: (_("Order no. %(number)s", number=number), "") for number in numbers}


# By the argument of a job what it names; a scorecard says more than the order that it belongs to.
_ABOUT: Mapping[str, Callable[[Collection[int]], Named]] = {
    "mail_id": _mails,
    "scorecard_id": _scorecards,
    "visit_id": _visits,
    "wave_id": _waves,
    "batch_id": _plain,
    "report_id": _plain,
}
