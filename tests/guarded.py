"""A released visit with everything that a client must not learn, and what gives each of it away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from audit.accounts.models import Grant, Person, RoleName
from audit.db import db, now
from audit.followup import proposals, thread
from audit.review import alarms, redaction
from audit.review.models import Scorecard
from audit.storage import Storage
from audit.visits import evidence, queries, submission
from audit.visits.answering import Given, save_answers
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Visit
from tests import factories, photo_files, stories
from tests.conftest import World

NAME, MAIL, PHONE = "Kiều Thị Bí Mật", "nguoi-bi-mat@example.com", "+84987123456"
FORMER = "Đoàn Từng Biên Tập"  # spoke for the agency once, and visits shops now
STAFF = "Hoàng Lộ Tên"
ASIDE = "Tôi quen chị trưởng ca ở đây"
INNER = "Người ghé thăm gọi điện xác nhận"
SAID = "Chúng tôi đã xem lại băng ghi hình."
FILE = "IMG_20261114_BIMAT_7731.jpg"
PLACE = (21.031415, 105.853926)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Its time of day is six or seven hours from now, so that no page shows it for another reason.
AT = (now() - timedelta(hours=30)).replace(minute=7, second=43, microsecond=0)
BEGAN, ENDED = AT + timedelta(minutes=1, seconds=28), AT + timedelta(minutes=4, seconds=58)
SUBMITTED = AT + timedelta(minutes=9)
TOOK = "3,5"  # minutes from the one to the other
MIDDLE = (0.0, 0.2, 1.0, 0.6)

_ALARM = {
    "id": "danger",
    "type": "yesno",
    "weight": 0,
    "alarm": True,
    "section": "counter",
    "text": factories.both("Nhân viên có xúc phạm khách không?"),
}
_KNOWN = {
    "id": "known",
    "type": "yesno",
    "weight": 0,
    "section": "counter",
    "text": factories.both("Anh/chị có quen ai ở đây không?"),
}
_ASIDE = {
    "id": "aside",
    "type": "text",
    "section": "counter",
    "show_if": {"q": "known", "in": ["yes"]},
    "text": factories.both("Quen ai?"),
}
DOCUMENT = {**factories.CHECKLIST, "questions": [_ALARM, _KNOWN, _ASIDE, *factories.CHECKLIST["questions"]]}


@dataclass(frozen=True)
class Team:
    """Who takes part."""

    shopper: Person
    former: Person
    editor: Person
    second: Person  # another editor, for the dispute
    admin: Person
    manager: Person


def shopper() -> Person:
    """The one whom nobody of the client may find."""
    return factories.person(NAME, RoleName.SHOPPER, email=MAIL, phone=PHONE)


def former() -> Person:
    """An editor who visits shops too."""
    found = factories.person(FORMER, RoleName.EDITOR)
    found.grants.append(Grant(role=RoleName.SHOPPER))
    db.session.commit()
    return found


def lived(world: World, team: Team, photo_id: UUID) -> Visit:
    """Submitted, looked through, released, disputed and released again, with actions and messages; jobs wait."""
    visit = _submitted(world, team, photo_id)
    _looked_through(visit, team, photo_id)
    stories.approved(visit, team.editor, AT + timedelta(hours=1))
    card = stories.released(visit, team.admin, AT + timedelta(hours=2))
    proposals.after_release(card, AT + timedelta(hours=3))
    proof = [evidence.clean_copy(_loud(12))]
    about = stories.disputed(
        card, team.manager, "solved", "Giao dịch xong trong ngày.", proof, AT + timedelta(hours=4)
    )
    stories.upheld(about, team.second, {"value": "yes"}, "Biên lai đúng ngày.", AT + timedelta(hours=8))
    later = db.session.query(Scorecard).filter_by(visit_id=visit.id, is_current=True).one()
    thread.write(later, team.former, AT + timedelta(hours=9), SAID)
    team.former.grants = [grant for grant in team.former.grants if grant.role == RoleName.SHOPPER]
    db.session.commit()
    return visit


def _loud(seed: int) -> bytes:
    """A picture with a position and a time inside."""
    return photo_files.jpeg(1200, 900, seed, taken_at=AT, gps=PLACE)


def _submitted(world: World, team: Team, photo_id: UUID) -> Visit:
    who = team.shopper
    wave = factories.wave(world.client, team.admin, factories.version(DOCUMENT))
    visit = factories.visit(wave, world.branch, who, State.ACCEPTED)
    db.session.commit()
    took = {"start": BEGAN.astimezone(ZONE).isoformat(), "end": ENDED.astimezone(ZONE).isoformat()}
    said = {"remark": f"Chị {STAFF} ở quầy 3 rất vội", "aside": ASIDE, "wait": took}
    stories.answered(
        visit, who, {"greeted": "no", "solved": "later", "queue": "yes", "danger": "yes", **said}, AT
    )
    locked = queries.locked_visit_for(who, visit.id)
    taken = evidence.Taken(
        at=AT,
        latitude=PLACE[0],
        longitude=PLACE[1],
        accuracy=7.25,
        source="camera",
        file_name=FILE,
        original_bytes=7_731_002,
    )
    evidence.add_photo(locked, who, AT, photo_id, "greeted", _loud(11), taken)
    own = photo_files.jpeg(900, 1200, 23)
    evidence.add_photo(locked, who, AT, uuid4(), "aside", own, evidence.Taken(at=AT))
    save_answers(locked, who, AT, [Given("known", "no", False, "", AT + timedelta(minutes=6))])
    db.session.commit()
    locked = queries.locked_visit_for(who, visit.id)
    submission.submit(locked, who, SUBMITTED, uuid4(), submission.Package())
    db.session.commit()
    return visit


def _looked_through(visit: Visit, team: Team, photo_id: UUID) -> None:
    """The alarm confirmed, an answer corrected, words and a picture covered."""
    evidence.prepare(visit.id)
    by, at = team.editor, AT + timedelta(minutes=40)
    locked = queries.locked_visit_for(by, visit.id)
    (alarm,) = alarms.raise_alarms(locked, locked.round - 1, at)
    alarms.settle(alarm, by, at, "Đã gọi lại cho cửa hàng.", is_true=True)
    redaction.redact_text(locked, "remark", "value", "Nhân viên […] rất vội", INNER, by, at)
    redaction.redact_photo(locked, photo_id, [MIDDLE], by, at, reason=INNER)
    db.session.commit()
    stories.corrected_answer(visit, by, "nps", {"value": 7}, INNER, at)


def telltales(visit: Visit, team: Team, photo_id: UUID) -> Mapping[str, bytes]:
    """What must not be found in a text, by name."""
    photo = next(one for one in queries.photos_of(visit) if one.id == photo_id)
    sent = queries.submission_of(visit)
    assert sent is not None
    texts = {
        "name": NAME, "first name": "Bí Mật", "mail": MAIL, "phone": PHONE[3:], "device's file": "BIMAT_7731",
        "latitude": "21.0314", "latitude in words": "21,0314", "longitude": "105.8539", "photo's id": str(photo_id),
        "original's key": photo.sha256, "receipt": sent.receipt, "submission's id": str(sent.id),
        "session key": team.shopper.fs_uniquifier,
        "exact time": _clock(AT), "exact time in UTC": f"{AT:%H:%M:%S}", "time of submitting": _clock(SUBMITTED),
        "begin of an answer": _clock(BEGAN), "end of an answer": _clock(ENDED),
        "hidden answer": ASIDE, "covered words": STAFF, "former editor": FORMER, "agency's reason": INNER,
    }  # fmt: skip
    return {name: text.encode() for name, text in texts.items()}


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}"


def pictures(visit: Visit, photo_id: UUID, storage: Storage) -> Mapping[str, bytes]:
    """Pieces of the copies that no client may get, by name: of the covered photo and of the hidden question's."""
    found = {}
    for photo in queries.photos_of(visit):
        name = "covered photo" if photo.id == photo_id else "hidden photo"
        if photo.id == photo_id or photo.question_id == "aside":
            found |= {f"{name}, {size}": _piece(storage.read(key)) for size, key in _keys(photo).items()}
    return found


def _keys(photo: Photo) -> dict[str, str]:
    keys = {"screen": photo.screen_key, "pdf": photo.pdf_key, "grid": photo.grid_key}
    return {size: key for size, key in keys.items() if key}


def _piece(picture: bytes) -> bytes:
    """Out of its middle, where the covered copy has other pixels."""
    return picture[len(picture) // 2 :][:64]
