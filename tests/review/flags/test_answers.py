"""The same answers, a control question: each fires, and just does not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.i18n import force_locale
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.review.flags.scenes import CAME, Scene, picture, said, shot

THREE_LOST = {"greeted": "no", "skill": 3, "solved": "later", "queue": "no"}
AWNING = {
    "id": "awning",
    "type": "yesno",
    "weight": 0,
    "truth": "no",
    "section": "arrival",
    "text": factories.both("Có mái hiên xanh?"),
}
COLOUR = {
    "id": "colour",
    "type": "single",
    "weight": 0,
    "truth": "blue",
    "na": True,
    "section": "arrival",
    "options": [
        {"id": "blue", "text": factories.both("Xanh")},
        {"id": "red", "text": factories.both("Đỏ")},
    ],
    "text": factories.both("Biển màu gì?"),
}


@pytest.fixture
def scene(wave: Wave, world: World, shopper: Person) -> Scene:
    """A visit that lost points at three questions, with a photo where one is owed."""
    return with_photos(Scene(wave, world.branch, shopper, values=THREE_LOST))


@pytest.fixture
def before(wave: Wave, world: World, shopper: Person) -> Scene:
    """The same shopper's visit of the day before, answered alike."""
    came = CAME - timedelta(days=1)
    return with_photos(Scene(wave, world.second_branch, shopper, came=came, values=THREE_LOST))


def with_photos(scene: Scene) -> Scene:
    """A photo at the entrance, and one where a lost point needs it."""
    at = scene.came + timedelta(minutes=5)
    scene.shots = [
        shot(at=at, data=picture(int(at.timestamp()) % 9_973 + place, at), question=question)
        for place, question in enumerate(("front", "solved"))
    ]
    return scene


def test_the_same_answers_as_another_visit(scene: Scene, before: Scene) -> None:
    other = before.play()
    flags = scene.flags()

    assert {code: flag.level for code, flag in flags.items()} == {"answers_same": "review"}
    data = flags["answers_same"].data
    assert (data["visit"], data["answers"], data["losses"]) == (other.id, 4, 3)
    with force_locale("vi"):
        expected = (
            "Cả 4 câu trả lời được chấm, trong đó 3 câu không đạt trọn điểm, đều trùng với một lượt khác"
            " của cùng người ghé thăm: Ba Đình, 13/11/2026."
        )
        assert said(flags["answers_same"]) == expected


def test_two_visits_that_lost_at_two_questions_only_are_not_suspicious(scene: Scene, before: Scene) -> None:
    before.values = scene.values = {**THREE_LOST, "greeted": "yes"}
    before.play()
    assert scene.flags() == {}


@pytest.mark.parametrize("changed", [{"skill": 2}, {"solved": "no"}, {"queue": "yes"}])
def test_one_scored_answer_that_differs_is_enough(
    scene: Scene, before: Scene, changed: dict[str, Any]
) -> None:
    before.play()
    scene.values = {**THREE_LOST, **changed}
    assert scene.flags() == {}


def test_answers_without_points_are_not_compared(scene: Scene, before: Scene) -> None:
    before.values = {**THREE_LOST, "counters": 9, "nps": 1, "remark": "Khác."}
    before.play()
    assert set(scene.flags()) == {"answers_same"}


def test_a_duration_is_its_minutes_and_a_list_has_no_order(scene: Scene, before: Scene) -> None:
    def wait(day: str) -> dict[str, str]:
        return {"start": f"{day}T10:10:00+07:00", "end": f"{day}T10:18:00+07:00"}

    scored = {**THREE_LOST, "queue": "yes"}
    before.values = {**scored, "wait": wait("2026-11-13"), "mess": ["dirty", "broken"]}
    scene.values = {**scored, "wait": wait("2026-11-14"), "mess": ["broken", "dirty"]}
    before.play()
    assert scene.flags()["answers_same"].data["losses"] == 5


def test_somebody_elses_answers_are_not_compared(scene: Scene, before: Scene, other_shopper: Person) -> None:
    before.shopper = other_shopper
    before.play()
    assert scene.flags() == {}


@pytest.fixture
def asked(world: World, admin: Person, shopper: Person, session: Session, wave: Wave) -> Scene:
    """A visit with a checklist that has two control questions."""
    document = {**factories.CHECKLIST, "questions": [*factories.CHECKLIST["questions"], AWNING, COLOUR]}
    made = factories.wave(world.client, admin, factories.version(document))
    session.commit()
    return Scene(made, world.branch, shopper)


def test_the_known_truth_is_no_sign(asked: Scene) -> None:
    asked.values = {"awning": "no", "colour": "blue"}
    assert asked.flags() == {}


def test_not_applicable_is_no_wrong_answer(asked: Scene) -> None:
    asked.values = {"awning": "no", "colour": "na"}
    assert asked.flags() == {}


def test_a_wrong_answer_to_a_control_question(asked: Scene) -> None:
    asked.values = {"awning": "yes", "colour": "blue"}
    flags = asked.flags()

    assert {code: flag.level for code, flag in flags.items()} == {"trap": "review"}
    assert flags["trap"].question_id == "awning"
    with force_locale("vi"):
        assert said(flags["trap"]) == "Câu kiểm chứng: trả lời “Có”, sự thật đã biết là “Không”."
    with force_locale("en"):
        assert said(flags["trap"]) == "Control question: answered “Yes”, known to be “No”."


def test_a_wrong_option_is_told_in_words(asked: Scene) -> None:
    asked.values = {"awning": "no", "colour": "red"}
    with force_locale("vi"):
        assert said(asked.flags()["trap"]) == "Câu kiểm chứng: trả lời “Đỏ”, sự thật đã biết là “Xanh”."
