"""The queue: urgent ones first, then the oldest; narrowed by client, wave, flag and editor."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.db import db, now
from audit.review import claims, corrections, queue
from audit.review.layers import Alarm, Flag
from audit.visits import queries
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import ClientOf

Waiting = Callable[..., Visit]
ALL = queue.QueueFilter()


@pytest.fixture
def waiting(wave: Wave, world: World, shopper: Person, session: Session) -> Waiting:
    """Makes a visit that was submitted so many hours ago."""

    def made(hours: float, within: Wave = wave) -> Visit:
        branch = world.branch if within.client_id == world.client.id else world.foreign_branch
        visit = factories.visit(within, branch, shopper, State.SUBMITTED)
        visit.submitted_at = now() - timedelta(hours=hours)
        session.commit()
        return visit

    return made


@pytest.fixture
def foreign_wave(world: World, admin: Person) -> Wave:
    """Of the client that agreed on four hours."""
    world.foreign.escalate_hours = 4
    return factories.wave(world.foreign, admin)


def flag(visit: Visit, code: str = "far", level: str = "review", round_: int = 1) -> None:
    """A sign found in a round."""
    db.session.add(Flag(visit_id=visit.id, round=round_, code=code, level=level, data={}, at=stories.AT))
    db.session.commit()


def ids(person: Person, wanted: queue.QueueFilter = ALL) -> list[int]:
    rows, total, _late = queue.queue_page(person, wanted, 1, now())
    assert total == len(rows)
    return [row.visit.id for row in rows]


def test_urgent_ones_stand_on_top_by_their_own_clients_limit(
    waiting: Waiting, foreign_wave: Wave, editor: Person
) -> None:
    old, quick, young = waiting(40), waiting(5, foreign_wave), waiting(1)
    urgent = waiting(60)

    assert ids(editor) == [urgent.id, quick.id, old.id, young.id]
    assert queue.queue_page(editor, ALL, 1, now())[2] == 2
    newest_first = ids(editor, queue.QueueFilter(sort="-submitted"))
    assert newest_first == [quick.id, urgent.id, young.id, old.id]


def test_what_is_decided_is_never_urgent(
    wave: Wave, world: World, shopper: Person, editor: Person, session: Session
) -> None:
    visit = factories.visit(wave, world.branch, shopper, State.RETURNED)
    visit.submitted_at = now() - timedelta(days=30)
    session.commit()

    rows, _total, late = queue.queue_page(editor, queue.QueueFilter(state=State.RETURNED), 1, now())

    assert (len(rows), late, rows[0].is_late) == (1, 0, False)


def test_narrowed_by_a_flag_of_the_latest_round(waiting: Waiting, editor: Person) -> None:
    plain, far, was_far = waiting(3), waiting(2), waiting(1)
    flag(far)
    flag(was_far, round_=0)

    assert ids(editor) == [plain.id, far.id, was_far.id]
    assert ids(editor, queue.QueueFilter(flag="far")) == [far.id]
    assert ids(editor, queue.QueueFilter(flag="trap")) == []


def test_signs_are_counted_by_level(waiting: Waiting, editor: Person, session: Session) -> None:
    visit = waiting(3)
    for code, level in (("photo_same", "strong"), ("far", "review"), ("trap", "review"), ("late", "info")):
        flag(visit, code, level)
    session.add(Alarm(visit_id=visit.id, question_id="greeted", round=1, at=stories.AT))
    session.commit()

    (row,) = queue.queue_page(editor, ALL, 1, now())[0]

    assert row.signs == queue.Signs(strong=1, review=2, info=1, alarms=1)


def test_narrowed_by_who_has_it(waiting: Waiting, editor: Person, admin: Person, session: Session) -> None:
    mine, free, theirs = waiting(3), waiting(2), waiting(1)
    claims.claim(mine, editor, now())
    claims.claim(theirs, admin, now())
    session.commit()

    assert ids(editor, queue.QueueFilter(editor_id=editor.id)) == [mine.id]
    assert ids(editor, queue.QueueFilter(editor_id=admin.id)) == [theirs.id]
    assert ids(editor, queue.QueueFilter(is_free=True)) == [free.id]


def test_what_is_decided_is_its_last_editors(
    visit: Visit, editor: Person, admin: Person, shopper: Person, session: Session
) -> None:
    stories.returned(visit, editor, {"greeted": "Ai chào?"})
    returned = queue.QueueFilter(state=State.RETURNED, editor_id=editor.id)
    assert ids(editor, returned) == [visit.id]
    stories.corrected(visit, shopper, {"greeted": "yes"})
    assert queue.queue_page(editor, ALL, 1, now())[0][0].before == editor.name
    stories.approved(visit, admin)

    assert ids(editor, queue.QueueFilter(state=State.APPROVED, editor_id=editor.id)) == []
    assert ids(editor, queue.QueueFilter(state=State.APPROVED, editor_id=admin.id)) == [visit.id]


def test_the_next_one_is_urgent_first_and_nobody_elses(
    waiting: Waiting, foreign_wave: Wave, editor: Person, admin: Person, session: Session
) -> None:
    old, quick, held = waiting(40), waiting(5, foreign_wave), waiting(90)
    claims.claim(held, admin, now())
    session.commit()

    assert queue.next_waiting(editor, ALL, 0, now()) == quick.id
    assert queue.next_waiting(editor, ALL, quick.id, now()) == old.id
    assert queue.next_waiting(admin, ALL, 0, now()) == held.id


def test_an_editor_who_shops_is_not_led_to_own_visits(
    waiting: Waiting, shopper: Person, session: Session
) -> None:
    both = factories.person("Vừa Đi Vừa Duyệt", RoleName.EDITOR)
    visit = waiting(3)
    visit.shopper_id = both.id
    session.commit()

    assert queue.next_waiting(both, ALL, 0, now()) is None


def test_the_filter_lives_in_the_address(
    waiting: Waiting, editor: Person, client_of: ClientOf, session: Session
) -> None:
    first, second = waiting(3), waiting(2)
    for visit in (first, second):
        flag(visit, "photo_same", "strong")
    waiting(1)
    browser = client_of(editor)

    page = browser.get("/review?flag=photo_same&editor=free").text

    assert "<h1>2 lượt chờ duyệt</h1>" in page
    assert f'href="/review/{first.id}?flag=photo_same&amp;editor=free"' in page
    assert page.count("1 mạnh") == 2
    assert '<option value="photo_same" selected>Ảnh đã dùng trước đây</option>' in page
    answer = browser.post(f"/review/{first.id}/claim?flag=photo_same")
    assert answer.location == f"/review/{first.id}?flag=photo_same"


@pytest.mark.parametrize(
    "query", ["flag=nonsense&editor=nobody", "editor=-1", "editor=99999999999", "flag=%00"]
)
def test_nonsense_falls_back_to_everything(
    query: str, waiting: Waiting, editor: Person, client_of: ClientOf
) -> None:
    waiting(1)

    assert "<h1>1 lượt chờ duyệt</h1>" in client_of(editor).get(f"/review?{query}").text


def test_the_queue_says_who_is_on_it(
    waiting: Waiting, editor: Person, admin: Person, client_of: ClientOf, session: Session
) -> None:
    claims.claim(waiting(2), editor, now())
    session.commit()

    assert "Anh/chị đang làm" in client_of(editor).get("/review").text
    assert "Phạm Ngọc Lan đang làm" in client_of(admin).get("/review").text


def test_alarms_and_strong_flags_come_after_late_ones_and_before_older_ones(
    waiting: Waiting, editor: Person, session: Session
) -> None:
    old, weak, strong, alarmed, late = waiting(40), waiting(30), waiting(5), waiting(3), waiting(60)
    flag(weak)
    flag(strong, "photo_same", "strong")
    flag(old, "photo_same", "strong", round_=0)  # of an earlier round
    session.add(Alarm(visit_id=alarmed.id, question_id="greeted", round=1, at=stories.AT))
    session.commit()

    assert ids(editor) == [late.id, strong.id, alarmed.id, old.id, weak.id]
    assert queue.next_waiting(editor, ALL, late.id, now()) == strong.id
    by_time = ids(editor, queue.QueueFilter(sort="-submitted"))
    assert by_time == [late.id, alarmed.id, strong.id, weak.id, old.id]


def test_narrowed_by_level(waiting: Waiting, editor: Person, client_of: ClientOf, session: Session) -> None:
    plain, weak, strong, alarmed = waiting(4), waiting(3), waiting(2), waiting(1)
    flag(weak)
    flag(strong, "photo_same", "strong")
    session.add(Alarm(visit_id=alarmed.id, question_id="greeted", round=1, at=stories.AT))
    session.add(
        Alarm(
            visit_id=plain.id,
            question_id="greeted",
            round=1,
            at=stories.AT,
            state="dismissed",
            note="Không đúng",
            settled_by_id=editor.id,
            settled_at=stories.AT,
        )
    )
    session.commit()

    for level, visit in (("alarm", alarmed), ("strong", strong), ("review", weak)):
        assert ids(editor, queue.QueueFilter(level=level)) == [visit.id]
        page = client_of(editor).get(f"/review?level={level}").text
        assert "<h1>1 lượt chờ duyệt</h1>" in page
        assert f'href="/review/{visit.id}?level={level}"' in page
    assert "<h1>4 lượt chờ duyệt</h1>" in client_of(editor).get("/review?level=x").text


def asks(person: Person) -> list[int]:
    return ids(person, queue.QueueFilter(asks=True))


def test_a_correction_that_waits_for_a_yes_is_found_and_marked(
    visit: Visit, waiting: Waiting, editor: Person, second: Person, client_of: ClientOf
) -> None:
    waiting(1)
    made = stories.corrected_answer(visit, editor, "greeted", {"value": "yes"})

    assert asks(second) == asks(editor) == [visit.id]
    assert (queue.asking(second), queue.asking(editor)) == (1, 0)
    page = client_of(second).get("/review").text
    assert 'href="/review?asks=1"' in page
    assert f'href="/review/{visit.id}#corrections">Bản sửa chờ đồng ý</a>' in page
    assert 'href="/review?asks=1"' not in client_of(editor).get("/review").text
    assert "<h1>1 lượt chờ duyệt</h1>" in client_of(second).get("/review?asks=1").text

    stories.agreed(made, second)

    assert asks(second) == []
    assert queue.asking(second) == 0
    assert "chờ đồng ý</a>" not in client_of(second).get("/review").text


def test_a_correction_of_an_answer_that_was_given_anew_waits_for_nobody(
    visit: Visit, editor: Person, second: Person, shopper: Person
) -> None:
    stories.corrected_answer(visit, editor, "greeted", {"value": "yes"})
    stories.returned(visit, editor, {"greeted": "Ai chào?", "skill": "Vì sao?"})
    assert ids(second, queue.QueueFilter(state=State.RETURNED, asks=True)) == [visit.id]
    stories.corrected(visit, shopper, {"skill": 3})
    assert asks(second) == [visit.id]  # the corrected answer was sent as it was
    stories.returned(visit, editor, {"greeted": "Ai chào?"})
    stories.corrected(visit, shopper, {"greeted": "yes"})

    assert asks(second) == []
    assert queue.asking(second) == 0


def test_the_correction_of_an_unscored_answer_and_a_withdrawn_one_ask_nobody(
    visit: Visit, editor: Person, second: Person, session: Session
) -> None:
    stories.corrected_answer(visit, editor, "nps", {"value": 3})
    made = stories.corrected_answer(visit, editor, "greeted", {"value": "yes"})
    corrections.withdraw(queries.locked_visit_for(editor, visit.id), made.id, editor, now())
    session.commit()

    assert asks(second) == []
