"""Drafts, publishing and retiring; what is published is frozen, by the database too."""

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.checklists import services
from audit.checklists.document import digest
from audit.checklists.models import Checklist, Version, VersionState
from audit.checklists.outline import outline
from audit.errors import Conflict, Invalid
from audit.trail.models import Entry
from tests import factories
from tests.factories import AT, CHECKLIST


def changed(**values: Any) -> dict[str, Any]:
    """The checklist of the factories with top-level keys replaced."""
    return {**deepcopy(CHECKLIST), **values}


def question(name: str, **values: Any) -> dict[str, Any]:
    """The checklist with one question changed; None takes a key out."""
    document = changed()
    for one in document["questions"]:
        if one["id"] == name:
            one.update(values)
            for key in [key for key, value in values.items() if value is None]:
                del one[key]
    return document


@pytest.fixture
def draft(session: Session) -> Version:
    """A draft that may be published."""
    made = factories.version(state=VersionState.DRAFT)
    session.commit()
    return made


def test_the_shipped_checklists_are_published_once(session: Session, admin: Person) -> None:
    first = services.install_builtin(AT, admin)
    session.commit()
    assert set(first) == {"bank", "enquiry", "retail"}
    for version in first.values():
        assert (version.state, version.number, version.sha256) == ("published", 1, digest(version.document))
        assert version.published_by_id == admin.id
    again = services.install_builtin(AT)
    assert {code: version.id for code, version in again.items()} == {
        code: version.id for code, version in first.items()
    }
    assert session.query(Version).count() == 3


def test_installing_again_leaves_later_versions_alone(session: Session) -> None:
    first = services.install_builtin(AT)["bank"]
    second = services.new_draft(first.checklist, first, AT)
    services.publish(second, None, AT)
    assert services.install_builtin(AT)["bank"].id == first.id
    assert second.number == 2


def test_a_new_draft_is_a_copy_with_the_next_number(session: Session, draft: Version) -> None:
    services.publish(draft, None, AT)
    copy = services.new_draft(draft.checklist, draft, AT)
    assert (copy.number, copy.state, copy.sha256) == (2, VersionState.DRAFT, None)
    assert copy.document == draft.document
    copy.document["title"]["vi"] = "Khác"
    assert draft.document["title"]["vi"] == CHECKLIST["title"]["vi"]


def test_a_draft_is_not_copied_into_another_checklist(session: Session, draft: Version) -> None:
    other = factories.version()
    with pytest.raises(Invalid):
        services.new_draft(other.checklist, draft, AT)


def test_publishing_freezes_the_document_with_its_hash(
    session: Session, draft: Version, admin: Person
) -> None:
    services.publish(draft, admin, AT)
    session.commit()
    assert (draft.state, draft.sha256, draft.published_at) == ("published", digest(CHECKLIST), AT)
    assert draft.published_by_id == admin.id
    with pytest.raises(Conflict):
        services.publish(draft, admin, AT)
    with pytest.raises(Conflict):
        services.save_draft(draft, changed())
    with pytest.raises(Conflict):
        services.set_weights(draft, {"issue": "1"})


def test_only_a_published_version_retires_and_only_once(
    session: Session, draft: Version, admin: Person
) -> None:
    with pytest.raises(Conflict):
        services.retire(draft, admin, AT)
    services.publish(draft, None, AT)
    services.retire(draft, admin, AT)
    session.commit()
    assert draft.state == VersionState.RETIRED
    with pytest.raises(Conflict):
        services.retire(draft, admin, AT)


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    (question("greeted", text={"vi": "Được chào?"}), "greeted", "tiếng Anh"),
    (question("greeted", text={"vi": " ", "en": "Greeted?"}), "greeted", "tiếng Việt"),
    (question("greeted", text=None), "greeted", "tiếng Việt"),
    (question("greeted", section="nowhere"), "greeted", "chặng"),
    (question("greeted", section=None), "greeted", "chặng"),
    (question("greeted", factor="nowhere"), "greeted", "yếu tố"),
    (question("greeted", factor=None), "greeted", "yếu tố"),
    (question("greeted", type="yes"), "greeted", "yesno"),
    (question("greeted", weight=-1), "greeted", "nhỏ hơn 0"),
    (question("greeted", weight=None, adjust=0, factor=None), "greeted", "bằng 0"),
    (question("greeted", weight=None, adjust=101, factor=None), "greeted", "100 điểm"),
    (question("greeted", weight=None, adjust="-1001/10", factor=None), "greeted", "100 điểm"),
    (question("greeted", photo="maybe"), "greeted", "on_loss"),
    (question("greeted", help={"vi": "Chỉ tiếng Việt"}), "greeted", "tiếng Anh"),
    (question("greeted", na="yes"), "greeted", "true hoặc false"),
    (question("greeted", knockout={"scope": "all"}), "greeted", "factor hoặc visit"),
    (question("greeted", knockout={"scope": "visit", "cap": 101}), "greeted", "0 đến 100"),
    (question("front", weight=1, factor="speed"), "front", "không thể đạt điểm"),
    (question("wait", show_if={"q": "solved", "in": ["yes"]}), "wait", "đứng trước"),
    (question("wait", show_if={"q": "queue", "in": []}), "wait", "rỗng"),
    (question("wait", bands=[{"upto": 5, "credit": 1}]), "wait", "mức cuối"),
    (question("wait", bands=[{"credit": 1}, {"credit": 0}]), "wait", "upto"),
    (question("skill", max=1), "skill", "lớn hơn min"),
    (question("skill", labels={"min": factories.both("Kém")}), "skill", "tiếng Việt"),
    (question("solved", options=[]), "solved", "rỗng"),
    (question("solved", options=[{"id": "a", "points": 1}]), "solved", "tiếng Việt"),
    (question("remark", id="greeted"), "greeted", "đã được dùng"),
    (changed(title={"vi": "Chỉ tiếng Việt"}), "title", "tiếng Anh"),
    (changed(brief={}), "brief", "tiếng Việt"),
    (changed(sections=[{"id": "arrival", "title": factories.both("Đến")}]), "skill", "chặng"),
    (changed(factors=[{**factor, "weight": 0} for factor in CHECKLIST["factors"]]), "factors", "lớn hơn 0"),
    (changed(questions=None), "questions", "null"),
]


@pytest.mark.parametrize(("document", "named", "rule"), BROKEN, ids=range(len(BROKEN)))
def test_publishing_refuses_each_mistake_naming_question_and_rule(
    session: Session, document: dict[str, Any], named: str, rule: str
) -> None:
    version = factories.version(document, VersionState.DRAFT)
    with pytest.raises(Invalid) as error:
        services.publish(version, None, AT)
    problems = error.value.details["problems"]
    assert any(named in problem and rule in problem for problem in problems), problems
    assert version.state == VersionState.DRAFT


@pytest.mark.parametrize("adjust", [100, -100, "99.5"])
def test_a_bonus_or_penalty_may_be_the_whole_score(session: Session, adjust: int | str) -> None:
    version = factories.version(
        question("greeted", weight=None, adjust=adjust, factor=None), VersionState.DRAFT
    )
    services.publish(version, None, AT)
    assert version.state == VersionState.PUBLISHED


def test_publishing_lists_every_problem_at_once(session: Session) -> None:
    document = question("greeted", weight=-1, text={})
    document["title"] = {}
    with pytest.raises(Invalid) as error:
        services.publish(factories.version(document, VersionState.DRAFT), None, AT)
    assert len(error.value.details["problems"]) == 5


def test_every_rule_of_scoring_has_its_own_words() -> None:
    """A new rule in scoring needs its sentence here."""
    import ast
    from pathlib import Path

    from audit.checklists import sentences
    from audit.scoring import check_kinds, checking

    used = set()
    for module in (checking, check_kinds):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in ("note", "need", "get") and isinstance(node.args[-1], ast.Constant):
                    used.add(node.args[-1].value)
                if node.func.attr == "add" and isinstance(node.args[0], ast.Constant):
                    used.add(node.args[0].value)
    known = {"null", "not_an_object", "missing_key", "text_vi", "text_en"}
    written = Path(str(sentences.__file__)).read_text()
    rules = {rule for rule in used if isinstance(rule, str) and "_" in rule} | known
    rules -= {"show_if"}
    assert len(rules) > 25
    assert {rule for rule in rules if f'"{rule}":' not in written} == set()


def test_an_import_with_a_mistake_saves_nothing(session: Session) -> None:
    with pytest.raises(Invalid):
        services.import_draft(question("greeted", weight=-1), AT, checklist=None, code="moi")
    assert session.query(Checklist).count() == 0


def test_an_import_becomes_a_draft_of_a_new_or_known_checklist(session: Session) -> None:
    first = services.import_draft(changed(), AT, checklist=None, code="moi")
    second = services.import_draft(changed(title=factories.both("Khác")), AT, checklist=first.checklist)
    assert [(one.checklist.code, one.number, one.state) for one in (first, second)] == [
        ("moi", 1, "draft"),
        ("moi", 2, "draft"),
    ]
    for code in ("moi", "Mới", "x", ""):
        with pytest.raises(Invalid) as error:
            services.import_draft(changed(), AT, checklist=None, code=code)
        assert error.value.details == {"field": "code"}


@pytest.mark.parametrize(
    ("typed", "kept"), [("80", 80), ("0,5", "1/2"), ("1/3", "1/3"), ("0", 0), ("4/2", 2)]
)
def test_weights_are_kept_exactly(session: Session, draft: Version, typed: str, kept: int | str) -> None:
    services.set_weights(draft, {"issue": typed})
    assert [factor["weight"] for factor in draft.document["factors"]] == [kept, 69, 29]


@pytest.mark.parametrize("typed", ["", "-1", "x", "1/0", "1e3", "9" * 30])
def test_a_weight_that_is_no_number_is_refused_at_its_factor(
    session: Session, draft: Version, typed: str
) -> None:
    with pytest.raises(Invalid) as error:
        services.set_weights(draft, {"issue": typed})
    assert error.value.details == {"field": "weight-issue"}
    assert draft.document["factors"][0]["weight"] == 79


def test_weights_cannot_all_be_zero(session: Session, draft: Version) -> None:
    with pytest.raises(Invalid):
        services.set_weights(draft, {"issue": "0", "attitude": "0", "speed": "0"})


def test_the_default_weights_are_shown_as_the_design_says(session: Session) -> None:
    shown = outline(services.install_builtin(AT)["bank"])
    assert [share.shown for share in shown.factors] == ["27.9", "24.4", "19.8", "17.7", "10.2"]


def test_what_the_questions_are_worth_adds_up_to_a_hundred(session: Session) -> None:
    for version in services.install_builtin(AT).values():
        shown = outline(version)
        assert sum(row.worth for row in shown.rows) == 100
        assert sum(part.worth for part in shown.parts) == 100
        assert [row.place for row in shown.rows] == list(range(1, len(shown.rows) + 1))


def test_rules_are_told_in_words(session: Session, draft: Version) -> None:
    rows = {row.question.id: row.rules for row in outline(draft).rows}
    assert rows["wait"][0] == "Chỉ hỏi khi câu 3 được trả lời: Có."
    assert rows["wait"][1] == "Các mức theo phút – đến 5: 100% · đến 10: 50% · trên mức đó: 0%."
    assert rows["solved"] == ["Có thể trả lời “không áp dụng”.", "Cần ảnh khi bị mất điểm."]


FROZEN = [
    "UPDATE version SET document = '{}'",
    "UPDATE version SET document = jsonb_set(document, '{title,vi}', '\"Khác\"')",
    "UPDATE version SET sha256 = repeat('0', 64)",
    "UPDATE version SET sha256 = NULL",
    "UPDATE version SET state = 'draft'",
    "UPDATE version SET number = 7",
    "UPDATE version SET published_at = now()",
    "UPDATE version SET state = 'retired', document = '{}'",
    "DELETE FROM version",
]


@pytest.mark.parametrize("statement", FROZEN)
def test_the_database_keeps_a_published_version(session: Session, draft: Version, statement: str) -> None:
    services.publish(draft, None, AT)
    session.commit()
    with pytest.raises(IntegrityError, match="published version"):
        session.execute(text(statement))
    session.rollback()


@pytest.mark.parametrize("statement", [*FROZEN[:7], "UPDATE version SET state = 'published'", FROZEN[8]])
def test_the_database_keeps_a_retired_version(
    session: Session, draft: Version, statement: str, admin: Person
) -> None:
    services.publish(draft, None, AT)
    services.retire(draft, admin, AT)
    session.commit()
    with pytest.raises(IntegrityError, match="published version"):
        session.execute(text(statement))
    session.rollback()


def test_the_database_wants_a_hash_for_what_is_published(session: Session, draft: Version) -> None:
    with pytest.raises(IntegrityError, match="published_has_hash"):
        session.execute(text("UPDATE version SET state = 'published', published_at = now()"))
    session.rollback()


def test_a_draft_that_is_asked_for_twice_is_one_until_it_is_changed(session: Session) -> None:
    version = factories.version()
    first = services.new_draft(version.checklist, version, AT)
    session.commit()
    assert services.new_draft(version.checklist, version, AT).id == first.id
    services.save_draft(first, changed(title=factories.both("Khác")))
    session.commit()
    second = services.new_draft(version.checklist, version, AT)
    assert (first.number, second.number) == (2, 3)


def test_publishing_and_retiring_are_recorded(session: Session, draft: Version, admin: Person) -> None:
    services.publish(draft, admin, AT)
    services.retire(draft, admin, AT)
    found = session.scalars(select(Entry).order_by(Entry.id)).all()
    about = {"checklist": draft.checklist.code, "version": draft.number}
    assert [(one.kind, one.by_id, one.data) for one in found] == [
        ("checklist.published", admin.id, about),
        ("checklist.retired", admin.id, about),
    ]
