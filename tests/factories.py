"""Typed makers of rows: state only what matters, the rest is filled. They flush; the test commits."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from audit.accounts.models import Grant, Person, RoleName
from audit.branches.models import Branch, Client, Region
from audit.checklists.models import Checklist, Version, VersionState
from audit.db import db
from audit.visits import services
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave, WaveState

T = TypeVar("T")
AT = datetime(2026, 11, 14, 3, 5, tzinfo=UTC)  # 10:05 in Hanoi, a Saturday
_numbers = itertools.count(1)


def _add(row: T) -> T:
    db.session.add(row)
    db.session.flush()
    return row


def both(text: str) -> dict[str, str]:
    """A text in both languages."""
    return {"vi": text, "en": f"{text} (en)"}


# Every type once; speed is only asked when there was a queue.
CHECKLIST: dict[str, Any] = {
    "title": both("Kiểm tra nhanh"),
    "channel": "visit",
    "brief": both("Vào như khách hàng bình thường."),
    "factors": [
        {"id": "issue", "weight": 79, "title": both("Xử lý tình huống")},
        {"id": "attitude", "weight": 69, "title": both("Thái độ, chuyên môn")},
        {"id": "speed", "weight": 29, "title": both("Tốc độ")},
    ],
    "sections": [
        {"id": "arrival", "title": both("Đến nơi")},
        {"id": "counter", "title": both("Tại quầy")},
        {"id": "leaving", "title": both("Ra về")},
    ],
    "questions": [
        {"id": "front", "type": "photo", "section": "arrival", "text": both("Chụp mặt tiền")},
        {
            "id": "greeted",
            "type": "yesno",
            "factor": "attitude",
            "section": "arrival",
            "text": both("Được chào?"),
        },
        {
            "id": "queue",
            "type": "yesno",
            "weight": 0,
            "factor": "speed",
            "section": "counter",
            "text": both("Có xếp hàng?"),
        },
        {
            "id": "wait",
            "type": "duration",
            "factor": "speed",
            "section": "counter",
            "show_if": {"q": "queue", "in": ["yes"]},
            "bands": [{"upto": 5, "credit": 1}, {"upto": 10, "credit": "1/2"}, {"credit": 0}],
            "text": both("Chờ bao lâu?"),
        },
        {
            "id": "skill",
            "type": "scale",
            "min": 1,
            "max": 5,
            "factor": "attitude",
            "weight": 2,
            "section": "counter",
            "labels": {"min": both("Kém"), "max": both("Tốt")},
            "text": both("Chuyên môn"),
        },
        {
            "id": "solved",
            "type": "single",
            "factor": "issue",
            "section": "counter",
            "na": True,
            "photo": "on_loss",
            "options": [
                {"id": "yes", "points": 10, "text": both("Xong ngay")},
                {"id": "later", "points": 5, "text": both("Hẹn lại")},
                {"id": "no", "points": 0, "text": both("Không")},
            ],
            "text": both("Giải quyết thế nào?"),
        },
        {
            "id": "mess",
            "type": "multi",
            "factor": "issue",
            "section": "counter",
            "options": [
                {"id": "dirty", "points": -1, "text": both("Bẩn")},
                {"id": "broken", "points": -2, "text": both("Hỏng")},
            ],
            "text": both("Thấy lỗi gì?"),
        },
        {
            "id": "counters",
            "type": "number",
            "weight": 0,
            "factor": "speed",
            "section": "counter",
            "unit": both("quầy"),
            "text": both("Mấy quầy mở?"),
        },
        {
            "id": "nps",
            "type": "scale",
            "min": 0,
            "max": 10,
            "weight": 0,
            "factor": "attitude",
            "section": "leaving",
            "kind": "nps",
            "labels": {"min": both("Không"), "max": both("Rất sẵn lòng")},
            "text": both("Có giới thiệu không?"),
        },
        {"id": "remark", "type": "text", "section": "leaving", "text": both("Nhận xét")},
    ],
}


def person(
    name: str,
    role: RoleName | None = None,
    *,
    client: Client | None = None,
    region: Region | None = None,
    branch: Branch | None = None,
    **values: Any,
) -> Person:
    """Somebody with one role; the client follows from region or branch."""
    number = next(_numbers)
    made = Person(
        **{
            "name": name,
            "email": f"person{number}@example.com",
            "fs_uniquifier": uuid4().hex,
            "language": "vi",
            "active": True,
            "created_at": AT,
            **values,
        }
    )
    if role is not None:
        place = branch or region
        made.grants.append(
            Grant(
                role=role,
                client_id=place.client_id if place else client.id if client else None,
                region_id=region.id if region else None,
                branch_id=branch.id if branch else None,
            )
        )
    _add(made)
    db.session.commit()
    return made


def client(code: str, name: str) -> Client:
    """A brand."""
    return _add(Client(code=code, name=name, created_at=AT))


def region(of: Client, name: str, parent: Region | None = None) -> Region:
    """An area of a client."""
    level = parent.level + 1 if parent else 1
    return _add(Region(client_id=of.id, name=name, parent_id=parent.id if parent else None, level=level))


def branch(within: Region, code: str, name: str, **values: Any) -> Branch:
    """A branch in a region."""
    return _add(
        Branch(
            **{
                "client_id": within.client_id,
                "region_id": within.id,
                "code": code,
                "name": name,
                "address": f"9 Hai Bà Trưng, {name}",
                "search": f"{code} {name}".lower(),
                **values,
            }
        )
    )


def version(document: dict[str, Any] | None = None, state: VersionState = VersionState.PUBLISHED) -> Version:
    """A checklist with one version; published unless said otherwise."""
    number = next(_numbers)
    checklist = _add(Checklist(code=f"check-{number}", created_at=AT))
    published = state != VersionState.DRAFT
    return _add(
        Version(
            checklist_id=checklist.id,
            number=1,
            state=state,
            document=document or CHECKLIST,
            sha256=f"{number:064x}" if published else None,
            created_at=AT,
            published_at=AT if published else None,
        )
    )


def wave(of: Client, by: Person, using: Version | None = None, **values: Any) -> Wave:
    """An open wave with its ethics note."""
    return _add(
        Wave(
            **{
                "client_id": of.id,
                "version_id": (using or version()).id,
                "name": f"Quý {next(_numbers)}/2026",
                "starts_on": date(2026, 10, 1),
                "ends_on": date(2026, 12, 31),
                "state": WaveState.OPEN,
                "ethics_at": AT,
                "ethics_by_id": by.id,
                "ethics_note": "Đã báo nhân viên ngày 1/10",
                "created_at": AT,
                **values,
            }
        )
    )


def visit(
    within: Wave, at_branch: Branch, shopper: Person | None = None, state: State = State.ACCEPTED
) -> Visit:
    """A visit put straight into a state, with what that state must have; answers and photos are the test's."""
    made = Visit(
        client_id=within.client_id,
        wave_id=within.id,
        branch_id=at_branch.id,
        version_id=within.version_id,
        shopper_id=shopper.id if shopper else None,
        state=state,
        opens_on=date(2026, 11, 10),
        closes_on=date(2026, 11, 20),
        submit_by=AT + timedelta(days=7),
        fee=150_000,
        expense_cap=50_000,
    )
    if state not in (State.PLANNED, State.OFFERED, State.CANCELLED):
        made.accepted_at, made.terms = AT, services.terms_of(made)
    if state not in (State.PLANNED, State.OFFERED, State.CANCELLED, State.ACCEPTED):
        made.started_at = AT
    if state in (State.SUBMITTED, State.RETURNED, State.APPROVED, State.RELEASED, State.REJECTED):
        made.submitted_at, made.round = AT + timedelta(hours=1), 2
    if state in (State.APPROVED, State.RELEASED):
        made.approved_at = AT + timedelta(hours=2)
    if state == State.RELEASED:
        made.released_at = AT + timedelta(hours=3)
    if state == State.ABORTED:
        made.abort_reason = "closed"
    return _add(made)
