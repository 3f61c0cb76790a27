"""What is done to people, their passwords and their rights. Callers commit."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.accounts import passwords
from audit.accounts.access import access_ended
from audit.accounts.identity import normal_email, normal_phone, plain
from audit.accounts.models import Grant, Person, RoleName
from audit.accounts.queries import branch, client, reach_names, region
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid, NotFound
from audit.i18n import LANGUAGES
from audit.i18n import gettext as _
from audit.trail.services import record

LARGEST_ID = 2_147_483_647
LONGEST_NAME = 120
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reach:
    """A role and how far it goes."""

    role: str
    client_id: int | None = None
    region_id: int | None = None
    branch_id: int | None = None


def create_person(
    *,
    name: str,
    at: datetime,
    email: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    hashed: str | None = None,
    grants: Iterable[Reach] = (),
    language: str | None = None,
    by: Person | None = None,
) -> Person:
    """Somebody new; `hashed` is a ready result of `passwords.hash_once`. Invalid names the field."""
    person = Person(active=True, fs_uniquifier=uuid.uuid4().hex, created_at=at)
    wrong = _describe(person, name, email, phone, language)
    if password is not None:
        wrong |= _weakness(person, password)
    _refuse(wrong)
    person.password = passwords.hash_once(password) if password is not None else hashed
    db.session.add(person)
    _flush(person)
    record("person.created", by, at, person_id=person.id)
    for reach in grants:
        _record_right("rights.granted", by, at, _add(person, reach))
    log.info("person %s made by %s at %s", person.id, _who(by), at.isoformat())
    return person


def update_person(
    person: Person,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    language: str | None,
    active: bool,
    by: Person,
    at: datetime,
) -> None:
    """Change what is known of somebody; Invalid names the field, Conflict for closing one's own account."""
    before = _details(person)
    with db.session.no_autoflush:
        _refuse(_describe(person, name, email, phone, language))
        if active != person.active:
            set_active(person, active, by=by, at=at)
    _flush(person)
    changed = [field for field, value in _details(person).items() if before[field] != value]
    if changed:
        # Which fields, not what they held: the trail stays when a person's data is erased.
        record("person.changed", by, at, person_id=person.id, changed=changed)


def set_own_details(person: Person, *, name: str, language: str | None, at: datetime) -> None:
    """What people may change about themselves; Forbidden for another name of who reads for a client."""
    before: Any = person.name
    if person.is_client_side and plain(name) != person.name:
        raise Forbidden(_("Your name is kept by the agency. Ask it to change the name."))
    with db.session.no_autoflush:
        _refuse(_describe(person, name, person.email, person.phone, language))
    db.session.flush()
    if person.name != before:
        # Nobody else saw it: who was known by which name has to stay clear.
        names = {"old": before, "new": person.name}
        record("person.changed", person, at, person_id=person.id, changed=["name"], **names)


def set_active(person: Person, active: bool, *, by: Person, at: datetime) -> None:
    """Close or reopen an account; closing ends every session and every key of a program for good."""
    if not active:
        if person.id == by.id:
            raise Conflict(_("You cannot close your own account. Ask another admin."))
        _keep_an_admin(person)
        end_sessions(person)
        access_ended(person, by, at)
    person.active = active
    record("person.opened" if active else "person.closed", by, at, person_id=person.id)
    log.info("person %s active=%s by %s at %s", person.id, active, _who(by), at.isoformat())


def set_password(person: Person, password: str, *, by: Person | None, at: datetime) -> None:
    """A password given by an admin or a command; sessions and keys of programs end. Invalid where it is weak."""
    _refuse(_weakness(person, password))
    person.password = passwords.hash_once(password)
    end_sessions(person)
    access_ended(person, by, at)
    record("person.password", by, at, person_id=person.id)
    db.session.flush()
    log.info("password of person %s set by %s at %s", person.id, _who(by), at.isoformat())


def password_reset(person: Person, at: datetime) -> None:
    """A password was lost and set anew by the link in a mail: whoever had the old one keeps nothing."""
    access_ended(person, person, at)
    record("person.password_reset", person, at, person_id=person.id)


def password_changed(person: Person, at: datetime) -> None:
    """Somebody who knew their password took another one."""
    record("person.password_changed", person, at, person_id=person.id)


def end_sessions(person: Person) -> None:
    """Sign somebody out everywhere."""
    person.fs_uniquifier = uuid.uuid4().hex


def add_grant(
    person: Person,
    role: str,
    client_id: int | None = None,
    region_id: int | None = None,
    branch_id: int | None = None,
    *,
    by: Person | None,
    at: datetime,
) -> Grant:
    """Give a role; Invalid where the reach does not fit it, Conflict where it is held already."""
    grant = _add(person, Reach(role, client_id, region_id, branch_id))
    _record_right("rights.granted", by, at, grant)
    log.info("grant %s (%s) to person %s by %s at %s", grant.id, role, person.id, _who(by), at.isoformat())
    return grant


def remove_grant(person: Person, grant_id: int, *, by: Person, at: datetime) -> None:
    """Take a role away; it counts from the next request on. Conflict for one's own admin role."""
    grant = next((held for held in person.grants if held.id == grant_id), None)
    if grant is None:
        raise NotFound(_("This right has been removed already."))
    if grant.role == RoleName.ADMIN:
        if person.id == by.id:
            raise Conflict(_("You cannot take the admin role from yourself. Ask another admin."))
        _keep_an_admin(person)
    _record_right("rights.withdrawn", by, at, grant)
    person.grants.remove(grant)
    db.session.flush()
    log.info("grant %s of person %s removed by %s at %s", grant_id, person.id, _who(by), at.isoformat())


def _record_right(kind: str, by: Person | None, at: datetime, grant: Grant) -> None:
    """Role and reach in numbers and in words: a branch may be renamed later."""
    record(
        kind,
        by,
        at,
        client_id=grant.client_id,
        person_id=grant.person_id,
        role=str(grant.role),
        reach=reach_names([grant]).get(grant.id, ""),
        region_id=grant.region_id,
        branch_id=grant.branch_id,
    )


def _details(person: Person) -> dict[str, str | None]:
    return {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "language": person.language,
    }


def _who(by: Person | None) -> str:
    return "a command" if by is None else f"person {by.id}"


def _describe(
    person: Person, name: str, email: str | None, phone: str | None, language: str | None
) -> dict[str, str]:
    """Set what is right; the rest comes back as a sentence by field."""
    wrong = {}
    person.name, person.email, person.phone = plain(name), normal_email(email), normal_phone(phone)
    person.language = language
    if not person.name:
        wrong["name"] = _("Please give the name.")
    if len(person.name) > LONGEST_NAME:
        wrong["name"] = _("A name has at most %(count)s characters.", count=LONGEST_NAME)
    if person.email is None and person.phone is None:
        wrong["email"] = _("Give a mail address or a phone number: one of them is needed to sign in.")
    if plain(email) and person.email is None:
        wrong["email"] = _("This is not a mail address. Example: an@example.com")
    if plain(phone) and person.phone is None:
        wrong["phone"] = _("This is not a phone number. Examples: 0912 345 678, +84 912 345 678")
    if language is not None and language not in LANGUAGES:
        wrong["language"] = _("Choose Vietnamese or English.")
    return {**wrong, **_taken_fields(person)}


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        field, message = next(iter(wrong.items()))
        raise Invalid(message, field=field, fields=wrong)


def _weakness(person: Person, password: str) -> dict[str, str]:
    wrong = passwords.problem(password, (person.name, person.email, person.phone))
    return {"password": wrong} if wrong else {}


def _taken_fields(person: Person) -> dict[str, str]:
    wrong = {}
    columns = (("email", Person.email, person.email), ("phone", Person.phone, person.phone))
    for name, column, value in columns:
        query = select(Person.id).where(column == value, Person.id.is_distinct_from(person.id))
        if value is not None and db.session.scalar(query):
            wrong[name] = _taken(name)
    return wrong


def _taken(name: str) -> str:
    if name == "email":
        return str(_("Somebody else has this mail address already."))
    return str(_("Somebody else has this phone number already."))


def _flush(person: Person) -> None:
    """Two people at once may pass the look-up; the database then names the column."""
    try:
        db.session.flush()
    except IntegrityError as error:
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
        if constraint in ("uq_person_email", "uq_person_phone"):
            field = constraint.removeprefix("uq_person_")
            raise Invalid(_taken(field), field=field) from error
        raise


def _keep_an_admin(person: Person) -> None:
    """Refuse to lose the last admin, also when two admins remove each other at the same moment."""
    query = (
        select(Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.role == RoleName.ADMIN, Person.active)
        .order_by(Grant.id)
        .with_for_update()
    )
    admins = set(db.session.scalars(query))
    if person.id in admins and admins == {person.id}:
        raise Conflict(_("This is the last admin. Make somebody else an admin first."))


def _add(person: Person, reach: Reach) -> Grant:
    _check_reach(reach)
    for held in person.grants:
        if (held.role, held.client_id, held.region_id, held.branch_id) == (
            reach.role,
            reach.client_id,
            reach.region_id,
            reach.branch_id,
        ):
            raise Conflict(_("%(name)s has this right already.", name=person.name))
    grant = Grant(
        role=str(reach.role), client_id=reach.client_id, region_id=reach.region_id, branch_id=reach.branch_id
    )
    try:
        with db.session.begin_nested():
            person.grants.append(grant)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", "") == "uq_access_grant_once":
            raise Conflict(_("%(name)s has this right already.", name=person.name)) from error
        raise
    return grant


def _check_reach(reach: Reach) -> None:
    """The database's rule in words: which of client, region and branch each role needs."""
    if reach.role not in set(RoleName):
        raise Invalid(_("Choose a role."), field="role")
    if any(number is not None and not 0 < number <= LARGEST_ID for number in _numbers(reach)):
        raise Invalid(_("There is no such place."), field="client_id")
    bound = (RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER, RoleName.BRANCH_MANAGER)
    if reach.role not in bound:
        if any(number is not None for number in _numbers(reach)):
            raise Invalid(
                _("This role reaches every client: choose no client, region or branch."), field="role"
            )
        return
    if reach.client_id is None:
        raise Invalid(_("Choose the client: this role sees one client only."), field="client_id")
    if (reach.role == RoleName.AREA_MANAGER) != (reach.region_id is not None):
        message = _("An area manager needs a region; no other role has one.")
        raise Invalid(message, field="region_id")
    if (reach.role == RoleName.BRANCH_MANAGER) != (reach.branch_id is not None):
        message = _("A branch manager needs a branch; no other role has one.")
        raise Invalid(message, field="branch_id")
    _check_places(reach)


def _numbers(reach: Reach) -> tuple[int | None, ...]:
    return reach.client_id, reach.region_id, reach.branch_id


def _check_places(reach: Reach) -> None:
    if not db.session.scalar(select(client.c.id).where(client.c.id == reach.client_id)):
        raise Invalid(_("There is no such client."), field="client_id")
    for place, number, name in (
        (region, reach.region_id, "region_id"),
        (branch, reach.branch_id, "branch_id"),
    ):
        if number is not None:
            query = select(place.c.id).where(place.c.id == number, place.c.client_id == reach.client_id)
            if not db.session.scalar(query):
                raise Invalid(_("This place does not belong to the client."), field=name)
