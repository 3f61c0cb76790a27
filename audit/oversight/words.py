"""What happened, in words."""

from collections.abc import Mapping
from typing import Any

from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.i18n import money
from audit.oversight.queries import STEP, Line
from audit.review import words as review
from audit.review.flag_names import NAMES
from audit.review.flags.queries import KIND as FLAGS

HAPPENED = {
    "scorecard.downloaded": _l("PDF downloaded"),
    "scorecard.photos_opened": _l("Photos of the scorecard opened, first time that day"),
    "zip.downloaded": _l("ZIP of PDFs downloaded"),
    "export.downloaded": _l("Table downloaded"),
    "evidence.opened": _l("Evidence opened, first time that day"),
    "rights.granted": _l("Right given"),
    "rights.withdrawn": _l("Right taken away"),
    "person.created": _l("Account made"),
    "person.changed": _l("Account changed"),
    "person.closed": _l("Account closed"),
    "person.opened": _l("Account opened again"),
    "person.password": _l("Password set by an admin"),
    "person.password_reset": _l("Password set anew by the link in a mail"),
    "person.password_changed": _l("Own password changed"),
    "correction.made": _l("Answer corrected"),
    "correction.agreed": _l("Correction agreed to"),
    "correction.declined": _l("Correction declined"),
    "correction.withdrawn": _l("Correction taken back"),
    "comment.redacted": _l("Text redacted for the client"),
    "photo.redacted": _l("Photo redacted for the client"),
    "flag.set": _l("Signs looked for, or set by hand"),
    "alarm.raised": _l("Alarm raised"),
    "alarm.confirmed": _l("Alarm confirmed"),
    "alarm.dismissed": _l("Alarm dismissed"),
    "visit.claimed": _l("Taken for review"),
    "visit.handed_over": _l("Review handed over"),
    "visit.escalated": _l("Waited too long: the agency was told"),
    "grade.given": _l("Grade given"),
    "appeal.made": _l("Appeal against the rejection"),
    "appeal.granted": _l("Appeal granted"),
    "appeal.declined": _l("Appeal declined"),
    "scorecard.released": _l("New edition of the scorecard released"),
    "scorecard.acknowledged": _l("Scorecard acknowledged"),
    "dispute.raised": _l("Answer disputed"),
    "dispute.upheld": _l("Dispute upheld"),
    "dispute.declined": _l("Dispute declined"),
    "action.proposed": _l("Action proposed"),
    "action.accepted": _l("Action accepted"),
    "action.added": _l("Action added"),
    "action.changed": _l("Action changed"),
    "action.done": _l("Action done"),
    "action.reopened": _l("Action opened again"),
    "action.dropped": _l("Action dropped"),
    "action.confirmed": _l("Action confirmed by a visit"),
    "action.failed_again": _l("Failed again after the action"),
    "action.seen_again": _l("A later visit lost the point too"),
    "action.cleared": _l("Proposal closed: a later visit saw it right"),
    "action.withdrawn": _l("Proposal closed: the scorecard was corrected"),
    "message.written": _l("Message written"),
    "payment.approved": _l("Payment approved"),
    "payment.paid": _l("Paid"),
    "payment.expense": _l("Expense reported"),
    "client.settings": _l("Settings of the client changed"),
    "client.changed": _l("Client changed"),
    "region.moved": _l("Region moved: other people see what is below it"),
    "branch.moved": _l("Branch moved to another region: other people see its history"),
    "branch.closed": _l("Branch closed"),
    "branch.opened": _l("Branch opened again"),
    "checklist.published": _l("Version of a checklist published"),
    "checklist.retired": _l("Version of a checklist retired"),
    "wave.ethics": _l("Recorded that the staff was told"),
    "wave.opened": _l("Wave opened"),
    "wave.closed": _l("Wave closed"),
    "wave.release_set": _l("Day of release set"),
    "wave.release_cleared": _l("Day of release cleared"),
    "wave.released": _l("Wave released"),
    "mail.resent": _l("Mail sent again"),
    "job.run_again": _l("Background job run again"),
    "batch.made": _l("ZIP of PDFs ordered"),
    "report.ordered": _l("Report of a wave ordered"),
    "token.made": _l("Token made for a program"),
    "token.used": _l("Figures read by a program, first time that day"),
    "token.revoked": _l("Token revoked"),
}
ROOMS = {
    "visit": _l("Steps of visits"),
    "scorecard": _l("Scorecards"),
    "zip": _l("ZIP files"),
    "batch": _l("ZIP files ordered"),
    "report": _l("Reports ordered"),
    "export": _l("Tables"),
    "evidence": _l("Evidence"),
    "rights": _l("Rights"),
    "person": _l("Accounts"),
    "correction": _l("Corrections"),
    "comment": _l("Redacted texts"),
    "photo": _l("Redacted photos"),
    "flag": _l("Signs"),
    "alarm": _l("Alarms"),
    "grade": _l("Grades"),
    "appeal": _l("Appeals"),
    "dispute": _l("Disputes"),
    "action": _l("Actions"),
    "message": _l("Messages"),
    "payment": _l("Payments"),
    "client": _l("Clients"),
    "region": _l("Regions"),
    "branch": _l("Branches"),
    "checklist": _l("Checklists"),
    "wave": _l("Waves"),
    "mail": _l("Mails"),
    "job": _l("Background jobs"),
    "token": _l("Tokens of programs"),
}
FACTS = {
    "to": _l("now"),
    "reason": _l("reason"),
    "held_back": _l("visits left behind for an alarm"),
    "note": _l("note"),
    "codes": _l("signs"),
    "flag_note": _l("in spite of the signs"),
    "question": _l("question"),
    "questions": _l("questions"),
    "language": _l("language"),
    "role": _l("role"),
    "old": _l("before"),
    "new": _l("after"),
    "fee": _l("fee"),
    "expense": _l("expense"),
    "amount": _l("amount"),
    "reference": _l("reference"),
    "grade": _l("grade"),
    "count": _l("how many"),
    "edition": _l("edition"),
    "scorecard": _l("scorecard"),
    "changed": _l("changed"),
    "reach": _l("reach"),
    "owner": _l("owner"),
    "due": _l("due"),
    "text": _l("text"),
    "token": _l("token"),
    "batch": _l("in ZIP no."),
    "filter": _l("asked for by"),
    "title": _l("title"),
    "wave": _l("wave"),
    "branch": _l("branch"),
    "region": _l("region"),
    "checklist": _l("checklist"),
    "version": _l("version"),
    "conflict": _l("works or worked there, or someone close does"),
}
SETTINGS = {
    "name": _l("name"),
    "code": _l("code"),
    "active": _l("active"),
    "dispute_days": _l("days to object"),
    "answer_days": _l("days to answer"),
    "escalate_hours": _l("hours until a call for an editor"),
    "action_points": _l("points from which an action is proposed"),
    "alarm_person_id": _l("number of who is called by an alarm"),
    "flag_limits": _l("thresholds of signs"),
}
STATES = {
    "planned": _l("Planned"),
    "offered": _l("Offered"),
    "accepted": _l("Accepted"),
    "in_progress": _l("Under way"),
    "submitted": _l("Submitted"),
    "returned": _l("Returned"),
    "approved": _l("Approved"),
    "released": _l("Released"),
    "rejected": _l("Rejected"),
    "aborted": _l("Could not be completed"),
    "cancelled": _l("Cancelled"),
}


def happened(kind: str) -> str:
    """A kind of the trail as something that happened; the kind itself where this edition knows no words."""
    if kind in HAPPENED:
        return str(HAPPENED[kind])
    return review.event(kind.removeprefix(STEP)) if kind.startswith(STEP) else kind


def told(line: Line) -> str:
    """The same of one line: with signs it depends on who it was."""
    if line.kind == FLAGS:
        return _("Sign set by hand") if line.by else _("Looked through for signs")
    return happened(line.kind)


def room(kind: str) -> str:
    """The subject of a kind, for the filter: "dispute." and so on."""
    name = kind.partition(".")[0]
    return str(ROOMS.get(name, name))


def details(data: Mapping[str, Any], places: Mapping[str, int] | None = None) -> list[tuple[str, str]]:
    """The facts of an entry as name and value; empty ones and inner numbers are left out.

    `places` are the questions' in the form, from 0: people know a question by its number.
    """
    found = [
        (str(FACTS[key]), _shown(key, value, places or {})) for key, value in data.items() if key in FACTS
    ]
    return [(name, text) for name, text in found if text]


def _shown(key: str, value: Any, places: Mapping[str, int]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _plain(value)
    if key in ("question", "questions"):
        named = [value] if isinstance(value, str) else value
        return ", ".join(str(places[one] + 1) if one in places else str(one) for one in named)
    if key in ("old", "new") and isinstance(value, dict) and not value.keys() & SETTINGS.keys():
        return _answer(value)
    if key == "to":
        return state(str(value))
    if key in ("fee", "expense", "amount") and isinstance(value, int):
        return money(value)
    if key == "codes":
        return ", ".join(str(NAMES.get(code, code)) for code in value)
    if isinstance(value, dict):
        named = {name: _plain(one) for name, one in value.items()}
        return ", ".join(f"{SETTINGS.get(name, name)}: {one}" for name, one in named.items() if one)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return "; ".join(f"{name} {one}" for name, one in value.items())
    return "" if value is None else str(value)


def _answer(given: Mapping[str, Any]) -> str:
    """An answer as it is kept: a value, several, a time from and to, not applicable, or none."""
    if given.get("na"):
        return _("Not applicable")
    value = given.get("value")
    if isinstance(value, dict):
        return " – ".join(str(one) for one in value.values())
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or _("None of these")
    return "—" if value is None else str(value)


def state(name: str) -> str:
    """A visit's state in words."""
    return str(STATES.get(name, name))
