"""A comment that stands in another visit: fires, and just does not."""

import unicodedata
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.i18n import force_locale
from audit.waves.models import Wave
from tests.conftest import World
from tests.review.flags.scenes import CAME, Scene, said

FORTY = "Nhân viên cười, hướng dẫn tận tình lắm ạ"
assert len(FORTY) == 40


@pytest.fixture
def scene(wave: Wave, world: World, shopper: Person) -> Scene:
    """An ordinary visit whose remark is its own."""
    return Scene(wave, world.branch, shopper, values={"remark": "Một buổi sáng bình thường, vắng khách."})


@pytest.fixture
def before(wave: Wave, world: World, other_shopper: Person) -> Scene:
    """Another visit with a comment of forty characters."""
    came = CAME - timedelta(days=1)
    values = {"remark": "Ngắn."}
    return Scene(
        wave, world.second_branch, other_shopper, came=came, values=values, comments={"greeted": FORTY}
    )


def test_the_same_comment_apart_from_case_blanks_and_composition(scene: Scene, before: Scene) -> None:
    before.flags()
    other = before.submitted
    written = unicodedata.normalize("NFD", FORTY.upper().replace(" ", "  \n"))
    scene.comments = {"skill": f" {written} "}
    flags = scene.flags()

    assert {code: flag.level for code, flag in flags.items()} == {"text_same": "strong"}
    flag = flags["text_same"]
    assert other is not None
    assert (flag.question_id, flag.data["visit"]) == ("skill", other.id)
    with force_locale("vi"):
        assert said(flag) == "Đoạn viết này trùng từng chữ với một lượt khác: Ba Đình, 13/11/2026."
    with force_locale("en"):
        assert said(flag) == "This text stands word for word in another visit: Ba Đình, 13/11/2026."


def test_a_written_answer_is_compared_with_a_comment(scene: Scene, before: Scene) -> None:
    before.flags()
    scene.values = {"remark": FORTY}
    assert set(scene.flags()) == {"text_same"}


def test_thirty_nine_characters_are_too_few(scene: Scene, before: Scene) -> None:
    before.comments = scene.comments = {"greeted": FORTY[:-1]}
    before.flags()
    assert scene.flags() == {}


def test_one_letter_makes_another_comment(scene: Scene, before: Scene) -> None:
    before.flags()
    scene.comments = {"greeted": FORTY + "!"}
    assert scene.flags() == {}


def test_the_same_comment_twice_in_one_visit_is_no_sign(scene: Scene) -> None:
    scene.comments = {"greeted": FORTY, "skill": FORTY}
    assert scene.flags() == {}


def test_the_clients_own_length_counts(scene: Scene, before: Scene, world: World, session: Session) -> None:
    world.client.flag_limits = {"same_letters": 34}
    session.commit()
    before.comments = scene.comments = {"greeted": FORTY[:34]}
    before.flags()
    assert set(scene.flags()) == {"text_same"}
