"""The protocol against the real server: many at once, cut lines, lost replies, replays in any order."""

import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, inspect, select

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch
from audit.db import db
from audit.visits import queries
from audit.visits.lifecycle import State
from audit.visits.models import Answer, AnswerHistory, Photo, Submission, Visit, VisitEvent
from audit.waves.models import Wave
from tests import factories
from tests.browser.house import House
from tests.cluster import Cluster
from tests.photo_files import jpeg
from tests.visits.helpers import COMPLETE
from tests.visits.live import Device, Reply, at_once

AT = factories.AT.isoformat()
PICTURE = jpeg(800, 600, 1)


class Scene:
    """A house with one shopper, whose visits are made one by one."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.shopper: Person = factories.person("Trần Thu Hà", RoleName.SHOPPER)
        admin = factories.person("Đỗ Hải Yến", RoleName.ADMIN)
        bank = factories.client("BANK", "Ngân hàng Sao Mai")
        self.branch: Branch = factories.branch(factories.region(bank, "Miền Bắc"), "CN001", "Hoàn Kiếm")
        self.wave: Wave = factories.wave(bank, admin)
        db.session.commit()

    def visit(self, state: State = State.IN_PROGRESS) -> int:
        """The id of a new visit."""
        made = factories.visit(self.wave, self.branch, self.shopper, state)
        db.session.commit()
        return made.id

    def device(self) -> Device:
        """One more phone of the same shopper."""
        return Device(self.house.app, self.house.url, self.shopper)

    def rows(self, table: Any, visit: int) -> list[Any]:
        """What is kept of a visit now."""
        db.session.rollback()
        query = select(table).where(table.visit_id == visit).order_by(*inspect(table).primary_key)
        return list(db.session.scalars(query))

    def state(self, visit: int) -> str:
        """Where the visit is now."""
        db.session.rollback()
        return db.session.get_one(Visit, visit, populate_existing=True).state


@pytest.fixture(scope="module")
def scene(cluster: Cluster) -> Iterator[Scene]:
    """The real server on a port of its own."""
    house = House(cluster)
    with house.app.app_context():
        yield Scene(house)
        db.session.remove()
    house.close()


@pytest.fixture
def phone(scene: Scene) -> Device:
    """The shopper's phone."""
    return scene.device()


def package(photos: list[str], **changed: Any) -> bytes:
    """A frozen payload with all answers."""
    answers = {name: {"value": value, "at": AT} for name, value in (COMPLETE | changed).items()}
    return json.dumps({"answers": answers, "photos": photos, "visited_at": AT}).encode()


def ready(scene: Scene, phone: Device) -> tuple[int, str]:
    """A visit whose photo has arrived."""
    visit, photo = scene.visit(), str(uuid4())
    assert phone.put_photo(visit, photo, PICTURE).status == 201
    return visit, photo


def until(true: Callable[[], object]) -> None:
    """Wait for the server to have done what nobody waits for."""
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never happened")


def test_the_same_submission_from_many_lines_at_once_is_one(scene: Scene, phone: Device) -> None:
    visit, photo = ready(scene, phone)
    path, body = f"/visits/{visit}/submissions/{uuid4()}", package([photo])
    answers = at_once([lambda: phone.put(path, body)] * 32)
    assert Counter(one.status for one in answers) == {201: 1, 200: 31}
    assert {one.json["receipt"] for one in answers} == {scene.rows(Submission, visit)[0].receipt}
    assert {one.json["payload_sha256"] for one in answers} == {hashlib.sha256(body).hexdigest()}
    assert len(scene.rows(Submission, visit)) == 1
    steps = [one.action for one in scene.rows(VisitEvent, visit)]
    assert steps == ["submit"]


def test_of_many_devices_one_submits_and_the_others_are_kept(scene: Scene, phone: Device) -> None:
    visit, photo = ready(scene, phone)
    others = [scene.device() for _ in range(4)]

    def submit(device: Device, score: int) -> Reply:
        return device.put(f"/visits/{visit}/submissions/{uuid4()}", package([photo], nps=score))

    calls = [lambda d=device, s=score: submit(d, s) for score in range(4) for device in others]
    answers = at_once(calls)
    assert Counter((one.status, one.code) for one in answers) == {
        (201, ""): 1,
        (409, "already_submitted"): 15,
    }
    kept = scene.rows(Submission, visit)
    assert Counter(one.status for one in kept) == {"accepted": 1, "conflict": 15}
    # Each of them as it was sent, whoever was first.
    assert Counter(one.payload["answers"]["nps"]["value"] for one in kept) == {0: 4, 1: 4, 2: 4, 3: 4}


def test_one_number_with_two_contents_is_taken_once(scene: Scene, phone: Device) -> None:
    visit, photo = ready(scene, phone)
    path = f"/visits/{visit}/submissions/{uuid4()}"
    calls = [lambda s=score: phone.put(path, package([photo], nps=s)) for score in range(8)]
    answers = at_once(calls)
    assert Counter((one.status, one.code) for one in answers) == {(201, ""): 1, (409, "payload_conflict"): 7}
    assert len(scene.rows(Submission, visit)) == 1


def test_one_photo_from_many_lines_at_once_is_one(scene: Scene, phone: Device) -> None:
    visit, photo = scene.visit(State.ACCEPTED), uuid4()
    answers = at_once([lambda: phone.put_photo(visit, photo, PICTURE)] * 16)
    assert Counter(one.status for one in answers) == {201: 1, 200: 15}
    assert [one.id for one in scene.rows(Photo, visit)] == [photo]
    assert [one.action for one in scene.rows(VisitEvent, visit)] == ["start"]


def test_two_pictures_under_one_number_are_not_mixed_up(scene: Scene, phone: Device) -> None:
    visit, photo = scene.visit(), uuid4()
    pictures = [jpeg(400, 300, seed) for seed in range(8)]
    answers = at_once([lambda p=one: phone.put_photo(visit, photo, p) for one in pictures])  # type: ignore[misc]
    assert Counter((one.status, one.code) for one in answers) == {(201, ""): 1, (409, "photo_id_conflict"): 7}
    first = next(one for one in answers if one.status == 201)
    assert [one.sha256 for one in scene.rows(Photo, visit)] == [first.json["sha256"]]


def test_no_more_photos_than_a_visit_holds_however_fast_they_come(scene: Scene, phone: Device) -> None:
    visit = scene.visit()
    answers = at_once([lambda: phone.put_photo(visit, uuid4(), PICTURE)] * 44)
    assert Counter((one.status, one.code) for one in answers) == {(201, ""): 40, (422, "too_many"): 4}
    assert len(scene.rows(Photo, visit)) == 40


@pytest.mark.parametrize("part", [0, 1, 5_000])
def test_a_photo_cut_off_on_its_way_leaves_nothing_and_comes_again(
    scene: Scene, phone: Device, part: int
) -> None:
    visit, photo = scene.visit(), uuid4()
    path = f"/visits/{visit}/photos/{photo}"
    phone.hang_up(path, PICTURE[:part], announced=len(PICTURE), X_Question_Id="front")
    time.sleep(0.3)
    assert scene.rows(Photo, visit) == []
    assert phone.put_photo(visit, photo, PICTURE).status == 201


def test_a_submission_cut_off_on_its_way_is_none(scene: Scene, phone: Device) -> None:
    visit, photo = ready(scene, phone)
    path, body = f"/visits/{visit}/submissions/{uuid4()}", package([photo])
    phone.hang_up(path, body[:-1], announced=len(body))
    time.sleep(0.3)
    assert (scene.rows(Submission, visit), scene.state(visit)) == ([], "in_progress")
    assert phone.put(path, body).status == 201


def test_what_announces_less_than_it_is_is_refused_whole(scene: Scene, phone: Device) -> None:
    visit, photo = ready(scene, phone)
    digest = hashlib.sha256(PICTURE).hexdigest()
    cut = phone.put_photo(visit, uuid4(), PICTURE[:-100], X_Content_SHA256=digest)
    assert (cut.status, cut.code) == (400, "sha_mismatch")
    half = phone.put(f"/visits/{visit}/submissions/{uuid4()}", package([photo])[:-20])
    assert (half.status, half.code) == (400, "bad_json")
    assert len(scene.rows(Photo, visit)) == 1
    assert scene.state(visit) == "in_progress"


def test_a_receipt_that_got_lost_is_given_again(scene: Scene, phone: Device) -> None:
    visit, photo = scene.visit(), str(uuid4())
    phone.hang_up(f"/visits/{visit}/photos/{photo}", PICTURE, X_Question_Id="front")
    until(lambda: scene.rows(Photo, visit))
    assert phone.put_photo(visit, photo, PICTURE).status == 200
    path, body = f"/visits/{visit}/submissions/{uuid4()}", package([photo])
    phone.hang_up(path, body)
    until(lambda: scene.rows(Submission, visit))
    kept = scene.rows(Submission, visit)[0]
    for _ in range(2):
        again = phone.put(path, body)
        assert (again.status, again.json["receipt"]) == (200, kept.receipt)
    assert phone.put_photo(visit, photo, PICTURE).status == 200, "a photo may be repeated for ever"
    assert len(scene.rows(Submission, visit)) == 1


def test_steps_at_once_from_several_phones_are_taken_once(scene: Scene) -> None:
    devices = [scene.device() for _ in range(4)]
    visit = scene.visit(State.ACCEPTED)
    started = at_once([lambda d=one: d.put(f"/visits/{visit}/start", {"at": AT}) for one in devices * 3])  # type: ignore[misc]
    assert Counter((one.status, one.json["state"]) for one in started) == {(200, "in_progress"): 12}
    stop = {"reason": "closed", "note": "Cửa khóa.", "at": AT}
    stopped = at_once([lambda d=one: d.put(f"/visits/{visit}/abort", stop) for one in devices * 3])  # type: ignore[misc]
    assert Counter((one.status, one.json["state"]) for one in stopped) == {(200, "aborted"): 12}
    assert [one.action for one in scene.rows(VisitEvent, visit)] == ["start", "abort"]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_any_number_of_repetitions_end_the_same(scene: Scene, seed: int) -> None:
    dice, visit = random.Random(seed), scene.visit(State.ACCEPTED)
    devices = [scene.device() for _ in range(3)]
    photos = {str(uuid4()): jpeg(400, 300, number) for number in range(3)}
    given: dict[str, dict[str, Any]] = {}
    calls: list[Callable[[Device], Reply]] = []
    for number in range(30):
        at = (factories.AT + timedelta(seconds=number)).isoformat()
        one = {"question": dice.choice(["skill", "nps"]), "value": dice.randint(1, 5), "at": at}
        one["comment"] = f"lần {number}"
        given[str(one["question"])] = one
        body = {"answers": [one]}
        calls.append(lambda device, b=body: device.put(f"/visits/{visit}/answers", b))  # type: ignore[misc]
    for photo, data in photos.items():
        calls.append(lambda device, p=photo, d=data: device.put_photo(visit, p, d))  # type: ignore[misc]
    calls.append(lambda device: device.put(f"/visits/{visit}/start", {"at": AT}))
    calls = [call for call in calls for _ in range(dice.randint(1, 3))]
    dice.shuffle(calls)
    while calls:
        some, calls = calls[:6], calls[6:]
        answers = at_once([lambda c=call: c(dice.choice(devices)) for call in some])  # type: ignore[misc]
        assert {one.status for one in answers} <= {200, 201}
    stored = {row.question_id: row.value for row in scene.rows(Answer, visit)}
    assert stored == {name: one["value"] for name, one in given.items()}
    assert {str(row.id) for row in scene.rows(Photo, visit)} == set(photos)
    told = Counter((row.question_id, row.given_at) for row in scene.rows(AnswerHistory, visit))
    assert set(told.values()) == {1}, "each answer that lost is told once"
    assert sum(told.values()) + len(stored) == 30
    assert [one.action for one in scene.rows(VisitEvent, visit)] == ["start"]


def test_a_fault_of_the_server_is_json_and_the_same_again_succeeds(scene: Scene, phone: Device) -> None:
    visit, photo = scene.visit(), uuid4()
    folder: Path = scene.house.folder / "uploads" / ".incoming"
    away = folder.rename(folder.with_name("away"))
    try:
        answer = phone.put_photo(visit, photo, PICTURE)
    finally:
        away.rename(folder)
    assert (answer.status, answer.code) == (500, "server_error")
    assert answer.json["message"]
    assert phone.put_photo(visit, photo, PICTURE).status == 201


def test_nothing_of_one_shopper_reaches_another(scene: Scene, phone: Device) -> None:
    visit, photo = ready(scene, phone)
    stranger = factories.person("Lê Quang Minh", RoleName.SHOPPER)
    theirs = factories.visit(scene.wave, scene.branch, stranger, State.IN_PROGRESS).id
    db.session.commit()
    other, number = Device(scene.house.app, scene.house.url, stranger), uuid4()
    assert phone.put(f"/visits/{visit}/submissions/{number}", package([photo])).status == 201
    for path in ("", f"/photos/{photo}", f"/submissions/{number}", "/answers", "/start", "/abort"):
        body = {"answers": [], "reason": "closed"}
        found = other.call("PUT" if path else "GET", f"/visits/{visit}{path}", body, X_Question_Id="front")
        assert (found.status, found.code) == (404, "not_found")
    # Their own visit, but numbers that are somebody else's.
    taken = other.put_photo(theirs, photo, PICTURE)
    assert (taken.status, taken.code) == (409, "photo_id_conflict")
    taken = other.put(f"/visits/{theirs}/submissions/{number}", package([]))
    assert (taken.status, taken.code) == (409, "payload_conflict")
    lacking = other.put(f"/visits/{theirs}/submissions/{uuid4()}", package([photo]))
    assert (lacking.status, lacking.code, lacking.json["photos"]) == (409, "missing_photos", [photo])
    assert other.call("DELETE", f"/visits/{theirs}/photos/{photo}").status == 204
    db.session.rollback()
    assert queries.photos_of(db.session.get_one(Visit, visit))[0].removed_at is None
    assert db.session.scalar(select(func.count()).where(Submission.visit_id == theirs)) == 0
