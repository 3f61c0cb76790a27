"""The agency's pages of checklists."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.checklists import services
from audit.checklists.document import digest, readable
from audit.checklists.models import Checklist, Version, VersionState
from tests import factories
from tests.branches.test_pages import count_queries
from tests.conftest import World
from tests.factories import AT, CHECKLIST

Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def draft(session: Session) -> Version:
    """A draft that may be published."""
    made = factories.version(state=VersionState.DRAFT)
    session.commit()
    return made


def steps(version: Version) -> list[tuple[str, str]]:
    """Every address of the room with its method."""
    own = f"/checklists/versions/{version.id}"
    return [
        ("GET", "/checklists"),
        ("GET", own),
        ("GET", f"{own}.json"),
        ("GET", "/checklists/import"),
        ("POST", "/checklists/import"),
        ("POST", f"{own}/draft"),
        ("POST", f"{own}/weights"),
        ("POST", f"{own}/publish"),
        ("POST", f"{own}/retire"),
    ]


def test_an_admin_reads_every_page_in_both_languages(
    client_of: Browser, session: Session, admin: Person
) -> None:
    versions = services.install_builtin(AT)
    for language, words in (("vi", "câu này = 2,8 điểm"), ("en", "this question = 2.8 points")):
        admin.language = language
        browser = client_of(admin)
        assert browser.get("/checklists").status_code == 200
        assert browser.get("/checklists/import").status_code == 200
        for version in versions.values():
            page = browser.get(f"/checklists/versions/{version.id}?both=1")
            assert page.status_code == 200
            assert "style=" not in page.text
            assert version.document["questions"][0]["text"]["vi"] in page.text
        assert words in browser.get(f"/checklists/versions/{versions['bank'].id}").text


@pytest.mark.parametrize("name", ["shopper", "editor", "branch_manager", "head_office"])
def test_nobody_else_gets_in(
    client_of: Browser, world: World, draft: Version, name: str, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(name))
    for method, address in steps(draft):
        assert browser.open(address, method=method).status_code == 403, address


def test_signed_out_asks_to_sign_in(client_of: Browser, draft: Version) -> None:
    for method, address in steps(draft):
        assert "/sign-in" in client_of(None).open(address, method=method).headers["Location"]


def test_an_unknown_version_is_not_found(client_of: Browser, session: Session, admin: Person) -> None:
    unknown = Version(id=4711)
    browser = client_of(admin)
    for method, address in steps(unknown):
        if "4711" in address:
            assert browser.open(address, method=method).status_code == 404, address


def test_the_list_shows_questions_states_and_waves(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    version = factories.version()
    factories.wave(world.client, admin, version)
    page = client_of(admin).get("/checklists").text
    assert "Kiểm tra nhanh" in page
    assert "Đã công bố" in page
    assert '<td class="num" data-label="Câu hỏi">10</td>' in page
    assert '<td class="num" data-label="Số đợt dùng">1</td>' in page


def test_more_versions_cost_no_more_queries(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    version = factories.version()
    session.commit()
    browser = client_of(admin)
    few = count_queries(lambda: browser.get("/checklists"))
    for _number in range(8):
        factories.version()
        services.new_draft(version.checklist, version, AT)
    session.commit()
    assert count_queries(lambda: browser.get("/checklists")) == few


def test_a_draft_is_published_once(
    client_of: Browser, session: Session, admin: Person, draft: Version
) -> None:
    browser = client_of(admin)
    assert browser.post(f"/checklists/versions/{draft.id}/publish").status_code == 303
    session.refresh(draft)
    assert (draft.state, draft.sha256) == ("published", digest(CHECKLIST))
    assert browser.post(f"/checklists/versions/{draft.id}/publish").status_code == 409


def test_a_draft_with_mistakes_shows_them_all_and_stays(
    client_of: Browser, session: Session, admin: Person
) -> None:
    document = json.loads(json.dumps(CHECKLIST))
    document["questions"][1]["text"] = {}
    document["questions"][4]["max"] = 1
    version = factories.version(document, VersionState.DRAFT)
    browser = client_of(admin)
    answer = browser.post(f"/checklists/versions/{version.id}/publish")
    assert answer.status_code == 422
    assert "3 lỗi cần sửa trước khi công bố" in answer.text
    assert "Câu hỏi “greeted”: thiếu văn bản tiếng Việt." in answer.text
    assert "Câu hỏi “skill”: max phải lớn hơn min." in answer.text
    session.refresh(version)
    assert version.state == VersionState.DRAFT
    assert browser.get(f"/checklists/versions/{version.id}").status_code == 200


def test_retiring_takes_a_version_out_of_use(client_of: Browser, session: Session, admin: Person) -> None:
    version = factories.version()
    browser = client_of(admin)
    assert browser.post(f"/checklists/versions/{version.id}/retire").status_code == 303
    session.refresh(version)
    assert version.state == VersionState.RETIRED
    assert browser.post(f"/checklists/versions/{version.id}/retire").status_code == 409


def test_a_new_draft_begins_from_a_version(client_of: Browser, session: Session, admin: Person) -> None:
    version = factories.version()
    answer = client_of(admin).post(f"/checklists/versions/{version.id}/draft")
    assert answer.status_code == 303
    made = session.query(Version).filter_by(checklist_id=version.checklist_id, number=2).one()
    assert answer.headers["Location"].endswith(f"/checklists/versions/{made.id}")


def test_weights_are_changed_on_a_draft_only(
    client_of: Browser, session: Session, admin: Person, draft: Version
) -> None:
    browser = client_of(admin)
    address = f"/checklists/versions/{draft.id}/weights"
    form = {"weight-issue": "1", "weight-attitude": "0,5", "weight-speed": "0"}
    assert browser.post(address, data=form).status_code == 303
    session.refresh(draft)
    assert [factor["weight"] for factor in draft.document["factors"]] == [1, "1/2", 0]
    assert browser.post(address, data={"preset": "equal"}).status_code == 303
    session.refresh(draft)
    assert [factor["weight"] for factor in draft.document["factors"]] == [1, 1, 1]
    services.publish(draft, None, AT)
    session.commit()
    assert browser.post(address, data=form).status_code == 409


def test_a_wrong_weight_stays_on_the_page(
    client_of: Browser, session: Session, admin: Person, draft: Version
) -> None:
    answer = client_of(admin).post(f"/checklists/versions/{draft.id}/weights", data={"weight-issue": "nhiều"})
    assert answer.status_code == 422
    assert 'value="nhiều" aria-label="Trọng số của Xử lý tình huống" aria-invalid="true"' in answer.text
    assert "Viết một số từ 0 trở lên" in answer.text


def test_the_export_comes_back_as_the_same_document(
    client_of: Browser, session: Session, admin: Person
) -> None:
    version = services.install_builtin(AT)["retail"]
    browser = client_of(admin)
    file = browser.get(f"/checklists/versions/{version.id}.json")
    assert file.headers["Content-Disposition"] == 'attachment; filename="retail-1.json"'
    sent = {"target": str(version.checklist_id), "file": (BytesIO(file.data), "retail.json")}
    assert browser.post("/checklists/import", data=sent).status_code == 303
    copy = session.query(Version).filter_by(checklist_id=version.checklist_id, number=2).one()
    assert (copy.state, digest(copy.document)) == ("draft", version.sha256)


def test_a_pasted_document_makes_a_new_checklist(client_of: Browser, session: Session, admin: Person) -> None:
    form = {"target": "", "code": "nhanh", "text": readable(CHECKLIST)}
    browser = client_of(admin)
    assert browser.post("/checklists/import", data=form).status_code == 303
    assert session.query(Checklist).filter_by(code="nhanh").count() == 1
    again = browser.post("/checklists/import", data=form)
    assert again.status_code == 422
    assert "đã dùng mã này" in again.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Hãy chọn tệp hoặc dán JSON."),
        ("{", "Đây không phải JSON: dòng 1, cột 2."),
        ('{"weight": 0.5}', "Viết 0.5 thành chuỗi trong dấu ngoặc kép"),
        ('{"questions": [{"id": "chao", "type": "yes"}]}', "Câu hỏi “chao”: type phải là yesno"),
    ],
)
def test_a_refused_import_says_why_keeps_the_text_and_saves_nothing(
    client_of: Browser, session: Session, admin: Person, text: str, words: str
) -> None:
    form = {"target": "", "code": "nhanh", "text": text}
    answer = client_of(admin).post("/checklists/import", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert text.replace('"', "&#34;") in answer.text
    assert session.query(Checklist).count() == 0


def test_a_refused_file_is_left_in_the_box(client_of: Browser, session: Session, admin: Person) -> None:
    sent = {"target": "", "code": "nhanh", "file": (BytesIO(b'{"questions": []}'), "a.json")}
    answer = client_of(admin).post("/checklists/import", data=sent)
    assert answer.status_code == 422
    assert "{&#34;questions&#34;: []}" in answer.text
    assert "factors: thiếu khóa này." in answer.text
