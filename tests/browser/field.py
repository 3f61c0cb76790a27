"""Where the offline tests play: one agency, its server behind a bad network, and shoppers with visits."""

import dataclasses
import itertools
from datetime import timedelta
from typing import Any

from flask import render_template
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import inspect

from audit.accounts.models import Person, RoleName
from audit.accounts.passwords import hash_once
from audit.branches.models import Branch, Region
from audit.db import db, now
from audit.visits import answering
from audit.visits.lifecycle import State
from audit.visits.models import Answer, AnswerHistory, Photo, Submission, Visit, VisitEvent
from audit.waves.models import Wave
from tests import factories, stories
from tests.browser.faults import Faults
from tests.browser.house import House
from tests.browser.proxy import Proxy
from tests.browser.showcase import PASSWORD
from tests.cluster import Cluster

_numbers = itertools.count(1)

# The best answer to every question of factories.CHECKLIST that has to be answered; `front` is a photo.
ANSWERS: dict[str, Any] = {
    "greeted": "yes",
    "queue": "no",
    "skill": "5",
    "solved": "yes",
    "mess": ["~none"],
    "counters": "3",
    "nps": "9",
}


@dataclasses.dataclass
class Shopper:
    """Somebody with a visit to do, and the cookies of a sign-in."""

    id: int
    mail: str
    name: str
    visit: int
    cookies: list[Any]

    @property
    def key(self) -> str:
        """The draft's key on the phone."""
        return f"{self.id}:{self.visit}"


class Field:
    """The server, its faults, the network before it. `url` is where phones reach it."""

    def __init__(self, cluster: Cluster) -> None:
        self.house = House(cluster)
        self.faults = Faults(self.house.app.wsgi_app)
        self.house.app.wsgi_app = self.faults  # type: ignore[method-assign]
        host, port = self.house.url.removeprefix("http://").split(":")
        self.proxy = Proxy((host, int(port)))
        self.url = self.proxy.url
        with self.house.app.app_context():
            self._found()

    def _found(self) -> None:
        admin = factories.person("Đỗ Hải Yến", RoleName.ADMIN)
        factories.person("Phạm Ngọc Lan", RoleName.EDITOR, email="editor@example.com")
        client = factories.client("BANK", "Ngân hàng Sao Mai")
        region = factories.region(client, "Miền Bắc")
        wave = factories.wave(client, admin, scenario="Hỏi mở thẻ.")
        self._region, self._wave = region.id, wave.id
        db.session.commit()

    def heal(self) -> None:
        """A good network and no faults."""
        self.proxy.heal()
        self.faults.clear()

    def close(self) -> None:
        """Stop network and server."""
        self.proxy.close()
        self.house.close()

    def shopper(self, visits: int = 1) -> Shopper:
        """A new one with accepted visits; `visit` is the first."""
        number = next(_numbers)
        with self.house.app.app_context():
            mail = f"offline{number}@example.com"
            person = factories.person(
                f"Trần Thu Hà {number}", RoleName.SHOPPER, email=mail, password=hash_once(PASSWORD)
            )
            made = [self._visit(person) for _ in range(visits)]
            db.session.commit()
            return Shopper(person.id, mail, person.name, made[0], self._cookies(person))

    def visit_for(self, shopper: Shopper, state: State = State.ACCEPTED) -> int:
        """One more visit."""
        with self.house.app.app_context():
            made = self._visit(db.session.get_one(Person, shopper.id), state)
            db.session.commit()
            return made

    def _visit(self, person: Person, state: State = State.ACCEPTED) -> int:
        number, at = next(_numbers), now()
        region = db.session.get_one(Region, self._region)
        branch: Branch = factories.branch(region, f"CN{number:03}", f"Hoàn Kiếm {number}")
        made = factories.visit(db.session.get_one(Wave, self._wave), branch, person, state)
        made.opens_on, made.closes_on = (at - timedelta(days=3)).date(), (at + timedelta(days=3)).date()
        made.submit_by = at + timedelta(days=4)
        if made.accepted_at:
            made.accepted_at = at - timedelta(days=2)
        return made.id

    def _cookies(self, person: Person) -> list[Any]:
        """A sign-in that took place, as the browser keeps it."""
        app = self.house.app
        interface = app.session_interface
        assert isinstance(interface, SecureCookieSessionInterface)
        signer = interface.get_signing_serializer(app)
        assert signer is not None
        value = signer.dumps(
            {"_user_id": person.fs_uniquifier, "_fresh": True, "fs_cc": "set", "_permanent": True}
        )
        expires = (now() + timedelta(days=30)).timestamp()
        return [{"name": "audit", "value": value, "url": self.url, "expires": expires}]

    def rows(self, kind: Any, visit: int) -> list[Any]:
        """What the database has of a visit."""
        with self.house.app.app_context():
            key = inspect(kind).primary_key
            found: list[Any] = db.session.query(kind).filter_by(visit_id=visit).order_by(*key).all()
            return found

    def answers(self, visit: int) -> dict[str, Any]:
        """Values by question on the server ("na" where it does not apply)."""
        return {row.question_id: "na" if row.na else row.value for row in self.rows(Answer, visit)}

    def comments(self, visit: int) -> dict[str, str]:
        """Comments by question on the server."""
        return {row.question_id: row.comment for row in self.rows(Answer, visit) if row.comment}

    def history(self, visit: int) -> list[Any]:
        """Values that lost, on the server."""
        return [row.value for row in self.rows(AnswerHistory, visit)]

    def photos(self, visit: int) -> list[Photo]:
        """Photos on the server that were not taken back."""
        return [row for row in self.rows(Photo, visit) if row.removed_at is None]

    def submissions(self, visit: int, status: str = "accepted") -> list[Submission]:
        """Submissions on the server."""
        return [row for row in self.rows(Submission, visit) if row.status == status]

    def state(self, visit: int) -> str:
        """The visit's state on the server."""
        with self.house.app.app_context():
            return db.session.get_one(Visit, visit).state

    def answer_elsewhere(self, visit: int, question: str, value: Any) -> bool:
        """Another phone of the same shopper answers at this moment; whether the visit was still open."""
        with self.house.app.app_context():
            row, at = db.session.get_one(Visit, visit, with_for_update=True), now()
            if row.state not in (State.ACCEPTED, *answering.OPEN):
                return False
            shopper = db.session.get_one(Person, row.shopper_id)
            given = answering.Given(question, value, False, "", at, at)
            answering.save_answers(row, shopper, at, [given])
            db.session.commit()
            return True

    def change(self, visit: int, **values: Any) -> None:
        """Set columns of the visit, as if somebody at the agency had."""
        with self.house.app.app_context():
            row = db.session.get_one(Visit, visit)
            for name, value in values.items():
                setattr(row, name, value)
            db.session.commit()

    def cookies(self, shopper: Shopper) -> list[Any]:
        """A new sign-in."""
        with self.house.app.app_context():
            return self._cookies(db.session.get_one(Person, shopper.id))

    def submit_elsewhere(self, visit: int, shopper: int) -> None:
        """The same shopper submits by another device."""
        with self.house.app.app_context():
            stories.submitted(db.session.get_one(Visit, visit), db.session.get_one(Person, shopper), at=now())

    def send_back(self, visit: int, notes: dict[str, str]) -> None:
        """The editor returns the visit with notes by question."""
        with self.house.app.app_context():
            editor = db.session.query(Person).filter_by(email="editor@example.com").one()
            stories.returned(db.session.get_one(Visit, visit), editor, notes, at=now())

    def lose_photos(self, visit: int) -> int:
        """The server forgets the visit's photos; how many."""
        with self.house.app.app_context():
            lost = db.session.query(Photo).filter_by(visit_id=visit).delete()
            db.session.commit()
            return lost

    def visit(self, visit: int) -> Visit:
        """The visit's own columns."""
        with self.house.app.app_context():
            return db.session.get_one(Visit, visit)

    def start_of(self, visit: int) -> dict[str, Any]:
        """What came with the start of the visit."""
        return next(row.data for row in self.rows(VisitEvent, visit) if row.action == "start")

    def kill_switch(self) -> bytes:
        """What /sw.js answers when working offline is switched off."""
        with self.house.app.test_request_context():
            return render_template("visits/sw-off.js").encode()

    def whole(self, visit: int) -> None:
        """Submitted once, with everything of ANSWERS and one photo."""
        assert len(self.submissions(visit)) == 1
        assert self.submissions(visit, "conflict") == []
        answers, wanted = self.answers(visit), {**ANSWERS, "skill": 5, "mess": [], "counters": 3, "nps": 9}
        assert {name: answers.get(name) for name in wanted} == wanted
        assert [photo.question_id for photo in self.photos(visit)] == ["front"]
        assert self.state(visit) == "submitted"
        sent = self.submissions(visit)[0].payload
        assert set(wanted) <= set(sent["answers"])
        assert list(sent["photos"]) == [str(self.photos(visit)[0].id)]
