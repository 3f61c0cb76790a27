"""The cast with passwords, and a visit in every state: what the browser and the route guard walk over."""

import dataclasses
from dataclasses import replace
from datetime import timedelta

from audit.accounts.models import Person, RoleName
from audit.accounts.passwords import hash_once
from audit.api import tokens
from audit.api.models import ApiToken
from audit.branches.models import Branch, Client, Region
from audit.checklists.models import Version, VersionState
from audit.db import db, now
from audit.followup import actions, proposals, thread
from audit.followup.models import Action, Dispute
from audit.insights.selection import Selection
from audit.mails.models import Mail
from audit.payments import services as payments
from audit.reports import batches, wave_reports
from audit.reports.models import Batch, WaveReport
from audit.review import canned, corrections, redaction
from audit.review import services as review
from audit.review.layers import Alarm, CannedNote, Correction
from audit.review.models import Scorecard, ScorecardFile
from audit.visits import evidence, queries, services
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave, WaveState
from tests import factories, stories

PASSWORD = "ba con mèo đen 1975"
NO_PDF = b"%PDF-1.7\n%%EOF\n"


@dataclasses.dataclass
class Cast:
    """Two clients with their places, and everybody who signs in; mail addresses are `<role>@example.com`."""

    client: Client
    north: Region
    south: Region
    branch: Branch  # in the north, as the next one
    second_branch: Branch
    southern_branch: Branch
    foreign: Client
    foreign_region: Region
    foreign_branch: Branch
    people: dict[str, Person]


def cast() -> Cast:
    """Make and commit the places and people."""
    bank, shop = factories.client("BANK", "Ngân hàng Sao Mai"), factories.client("SHOP", "Siêu thị Hoa Sen")
    north, south = factories.region(bank, "Miền Bắc"), factories.region(bank, "Miền Nam")
    middle = factories.region(shop, "Miền Trung")
    places = {
        "branch": factories.branch(north, "CN001", "Hoàn Kiếm", opening_hours="8:00–17:00"),
        "second_branch": factories.branch(north, "CN002", "Ba Đình"),
        "southern_branch": factories.branch(south, "CN003", "Ninh Kiều"),
        "foreign_branch": factories.branch(middle, "ST001", "Hải Châu"),
    }
    hashed = hash_once(PASSWORD)

    def person(key: str, name: str, role: RoleName, **scope: object) -> tuple[str, Person]:
        mail = f"{key.replace('_', '-')}@example.com"
        return key, factories.person(name, role, email=mail, password=hashed, **scope)  # type: ignore[arg-type]

    people = dict(
        (
            person("shopper", "Trần Thu Hà", RoleName.SHOPPER),
            person("other_shopper", "Lê Quang Minh", RoleName.SHOPPER),
            person("editor", "Phạm Ngọc Lan", RoleName.EDITOR),
            person("admin", "Đỗ Hải Yến", RoleName.ADMIN),
            person("branch_manager", "Nguyễn Văn Nam", RoleName.BRANCH_MANAGER, branch=places["branch"]),
            person("other_manager", "Bùi Thị Hoa", RoleName.BRANCH_MANAGER, branch=places["second_branch"]),
            person("area_manager", "Vũ Đức Long", RoleName.AREA_MANAGER, region=north),
            person("head_office", "Hoàng Mai Anh", RoleName.HEAD_OFFICE, client=bank),
            person("other_client", "Đặng Quốc Huy", RoleName.HEAD_OFFICE, client=shop),
        )
    )
    db.session.commit()
    return Cast(
        client=bank, north=north, south=south, foreign=shop, foreign_region=middle, people=people, **places
    )


@dataclasses.dataclass
class Showcase:
    """The cast, and records in every state; all of the bank's visits are `shopper`'s, at `branch`."""

    cast: Cast
    wave: Wave
    planning_wave: Wave
    version: Version
    draft: Version
    visits: dict[str, Visit]  # by state
    photo: str  # id of a photo of the visit in progress
    submitted_photo: str
    card: Scorecard
    foreign_card: Scorecard
    foreign_visit: Visit
    action: Action  # of `card`, done, with a photo
    dispute: Dispute  # about `card`, open, with a photo
    canned: CannedNote
    correction: Correction  # of the rejected visit, as is the photo
    covered_photo: str
    alarm: Alarm  # of the submitted visit, confirmed
    batch: Batch  # of head office, ready
    report: WaveReport  # of head office, ready
    mail: Mail  # to head office
    token: ApiToken  # of head office, for the whole client


NOTES = {"greeted": "Ai chào anh/chị, lúc nào?", "skill": "Vì sao anh/chị cho điểm này?"}


def showcase() -> Showcase:
    """Make and commit all of it."""
    made = cast()
    admin, shopper = made.people["admin"], made.people["shopper"]
    version, draft = factories.version(), factories.version(state=VersionState.DRAFT)
    wave = factories.wave(made.client, admin, version, scenario="Hỏi mở thẻ.\n\nĐừng ghi chép tại quầy.")
    planned = factories.wave(
        made.client,
        admin,
        version,
        state=WaveState.PLANNING,
        ethics_at=None,
        ethics_by_id=None,
        ethics_note="",
    )
    visits = {state.value: _visit(wave, made.branch, shopper, state) for state in State}
    foreign_wave = factories.wave(made.foreign, admin, version)
    foreign = _visit(foreign_wave, made.foreign_branch, made.people["other_shopper"], State.RELEASED)
    released = visits["released"]
    return Showcase(
        cast=made,
        wave=wave,
        planning_wave=planned,
        version=version,
        draft=draft,
        visits=visits,
        photo=_photo(visits["in_progress"]),
        submitted_photo=_photo(visits["submitted"]),
        card=_card(released),
        foreign_card=_card(foreign),
        foreign_visit=foreign,
        action=_action(_card(released), made.people["branch_manager"]),
        dispute=_dispute(_card(released), made.people["branch_manager"]),
        canned=_canned(admin),
        correction=db.session.query(Correction).one(),
        covered_photo=_photo(visits["rejected"]),
        alarm=_alarm(visits["submitted"], made.people["editor"]),
        batch=_batch(wave, made.people["head_office"]),
        report=_report(wave, made.people["head_office"]),
        mail=_first_mail(made.people["head_office"]),
        token=_token(made.people["head_office"], made.client),
    )


def _first_mail(person: Person) -> Mail:
    return db.session.query(Mail).filter_by(person_id=person.id).order_by(Mail.id).limit(1).one()


def _token(owner: Person, client: Client) -> ApiToken:
    made, _secret = tokens.make(owner, "Power BI", client.id, None, 90, now())
    db.session.commit()
    return made


def _alarm(visit: Visit, editor: Person) -> Alarm:
    """What the editor found true, and the client may read before the release."""
    at, note = factories.AT + timedelta(hours=1), "Đã gọi lại: đúng như vậy."
    about = {"visit_id": visit.id, "question_id": "greeted", "round": 1, "at": factories.AT}
    alarm = Alarm(**about, state="confirmed", note=note, settled_by_id=editor.id, settled_at=at)
    db.session.add(alarm)
    db.session.commit()
    return alarm


def _batch(wave: Wave, by: Person) -> Batch:
    """Ordered and, with PDFs of nothing and an empty ZIP, ready."""
    batch = batches.order(by, wave, "vi", factories.AT)
    key = evidence.storage().put(NO_PDF)
    kept = {"language": "vi", "sha256": key, "bytes": len(NO_PDF), "made_at": factories.AT}
    db.session.add_all(ScorecardFile(scorecard_id=item.scorecard_id, **kept) for item in batch.items)
    empty = b"PK\x05\x06" + bytes(18)
    batch.zip_sha256, batch.zip_bytes = evidence.storage().put(empty), len(empty)
    batch.finished_at = factories.AT
    db.session.commit()
    return batch


def _report(wave: Wave, by: Person) -> WaveReport:
    """Ordered and, with a PDF of nothing, ready."""
    report = wave_reports.order(by, Selection(wave), "vi", factories.AT)
    report.sha256, report.bytes = evidence.storage().put(NO_PDF), len(NO_PDF)
    report.finished_at = factories.AT
    db.session.commit()
    return report


def _canned(admin: Person) -> CannedNote:
    """A ready note that editors may put to a question."""
    texts = (
        "Anh/chị chụp lại cho thấy toàn bộ mặt tiền giúp nhé.",
        "Please take the photo again: all of the front.",
    )
    note = canned.save(CannedNote(), canned.CannedData("Mặt tiền chưa đủ", *texts), admin)
    db.session.commit()
    return note


def _action(card: Scorecard, manager: Person) -> Action:
    proposals.after_release(card, factories.AT)
    action = db.session.query(Action).filter_by(question_id="greeted").one()
    plan = actions.Plan("Tập chào khách đầu ca", "Sảnh", "Ca trưởng", factories.AT.date() + timedelta(days=9))
    actions.accept(action, manager, factories.AT, plan)
    photo = evidence.clean_copy(stories.picture(9))
    actions.finish(action, manager, factories.AT + timedelta(days=1), "Đã tập ba buổi.", [photo])
    actions.add(card, manager, factories.AT, replace(plan, text="Mua chuông cửa"))
    thread.write(card, manager, factories.AT, "Quầy 3 hôm đó bảo trì.")
    db.session.commit()
    return action


def _dispute(card: Scorecard, manager: Person) -> Dispute:
    photo = evidence.clean_copy(stories.picture(8))
    return stories.disputed(card, manager, "solved", "Giao dịch xong trong ngày, có biên nhận.", [photo])


def _photo(visit: Visit) -> str:
    evidence.prepare(visit.id)
    return str(queries.photos_of(visit)[0].id)


def _card(visit: Visit) -> Scorecard:
    return db.session.query(Scorecard).filter_by(visit_id=visit.id).one()


def _visit(wave: Wave, branch: Branch, shopper: Person, state: State) -> Visit:
    """A visit that got to the state by its own steps."""
    owner = None if state == State.PLANNED else shopper
    early = (State.PLANNED, State.OFFERED)
    made = factories.visit(wave, branch, owner, state if state in early else State.ACCEPTED)
    made.submit_by = now() + timedelta(days=3)
    db.session.commit()
    if state in (State.CANCELLED, State.ABORTED, State.IN_PROGRESS):
        _short(made, shopper, state)
    elif state not in (*early, State.ACCEPTED):
        _sent(made, shopper, state)
    return made


def _admin() -> Person:
    return db.session.query(Person).filter_by(email="admin@example.com").one()


def _short(visit: Visit, shopper: Person, state: State) -> None:
    """Cancelled, stopped on the way, or half done."""
    if state == State.CANCELLED:
        services.cancel(visit, _admin(), factories.AT)
    else:
        services.start(visit, shopper, factories.AT)
        stories.add_photo(visit, shopper, "front")
    if state == State.ABORTED:
        services.abort(visit, shopper, factories.AT, "closed", "Đóng cửa cả ngày.")
    db.session.commit()


def _sent(visit: Visit, shopper: Person, state: State) -> None:
    """Submitted and what follows; two points are lost on the way."""
    editor = db.session.query(Person).filter_by(email="editor@example.com").one()
    stories.submitted(visit, shopper, {"greeted": "no", "solved": "later", "queue": "yes"})
    if state in (State.RETURNED, State.REJECTED):
        stories.returned(visit, editor, NOTES)
    if state == State.REJECTED:
        stories.corrected(visit, shopper, {"greeted": "no", "skill": 3})
        _lay_over(visit, editor)
        _reject(visit, editor)
    if state == State.RELEASED:
        receipt = evidence.clean_copy(stories.picture(7))
        payments.report_expense(visit, shopper, factories.AT, 20_000, receipt, "Gửi xe")
        db.session.commit()
    if state in (State.APPROVED, State.RELEASED):
        stories.approved(visit, editor)
    if state == State.RELEASED:
        stories.released(visit, _admin())


def _lay_over(visit: Visit, editor: Person) -> None:
    """An answer corrected and a photo covered, both by an editor."""
    locked, at = queries.locked_visit_for(editor, visit.id), factories.AT + timedelta(hours=4)
    corrections.correct(locked, "nps", {"value": 7}, "Trong nhận xét ghi là 7.", editor, at)
    photo = queries.photos_of(locked)[0]
    redaction.redact_photo(locked, photo.id, [(0.2, 0.2, 0.3, 0.4)], editor, at, reason="Mặt khách")
    db.session.commit()


def _reject(visit: Visit, editor: Person) -> None:
    locked = queries.locked_visit_for(editor, visit.id)
    at = factories.AT + timedelta(hours=5)
    review.reject(locked, editor, at, "Ảnh không phải của lượt này.")
    db.session.commit()
