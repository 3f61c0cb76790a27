"""What a shopper has given so far, kept beside the phone, and whether the server has all of it."""

import dataclasses
import hashlib
import io
import json
import re
from datetime import datetime
from typing import Any

from PIL import Image

from audit.scoring import visit as scoring
from audit.visits.models import Answer, AnswerHistory, Photo
from tests.browser.faults import Hit
from tests.browser.field import Field
from tests.factories import CHECKLIST

LONGEST = 2048  # what the phone makes photos smaller to
TYPES = {one["id"]: one["type"] for one in CHECKLIST["questions"]}
_BATCH = re.compile(r"/visits/(\d+)/answers$")


@dataclasses.dataclass(frozen=True)
class Given:
    """An answer as the phone would send it."""

    value: Any = None
    na: bool = False
    comment: str = ""

    @property
    def plain(self) -> tuple[str, bool, str]:
        """Comparable: of a duration only the times of day, as only these were typed."""
        value = self.value
        if isinstance(value, dict):
            value = (value["start"][11:16], value["end"][11:16])
        return json.dumps(value), self.na, self.comment


@dataclasses.dataclass
class Picture:
    """A photo that was added; `name` is its file's, and nobody else's."""

    name: str
    question: str
    data: bytes
    is_removed: bool = False

    @property
    def sha256(self) -> str:
        """Of the file as it was chosen."""
        return hashlib.sha256(self.data).hexdigest()


class Ledger:
    """The newest answer of every question, every photo, and what the phone was seen to send."""

    def __init__(self, visit: int) -> None:
        self.visit = visit
        self.answers: dict[str, Given] = {}
        self.pictures: list[Picture] = []
        self.elsewhere: set[str] = set()  # answered last on another phone, which this one learns when it asks
        self.late: dict[str, Given] = {}  # given after the submission had arrived, unknown to the phone
        self.hits: list[Hit] = []

    def now(self, question: str) -> Given:
        """The newest answer of a question."""
        return self.answers.get(question, Given())

    def kept(self, question: str | None = None) -> list[Picture]:
        """The photos that were not taken back, of this question or of all."""
        return [one for one in self.pictures if not one.is_removed and question in (None, one.question)]

    def scored(self) -> dict[str, dict[str, Any]]:
        """As the rules want it."""
        found: dict[str, dict[str, Any]] = {}
        for name, one in self.answers.items():
            if one.na:
                found[name] = {"na": True}
            elif one.value is not None:
                found[name] = {"value": one.value}
        for picture in self.kept():
            entry = found.setdefault(picture.question, {})
            entry["photos"] = entry.get("photos", 0) + 1
        return found

    def missing(self) -> list[str]:
        """What is still owed, as the server would say."""
        return scoring.missing(CHECKLIST, self.scored())

    def is_shown(self, question: str) -> bool:
        """Whether the skip rules show it."""
        return scoring.states(CHECKLIST, self.scored())[question] != "hidden"

    def verify(self, field: Field) -> None:
        """The server has everything, once; AssertionError says what is wrong."""
        self._answers(field)
        self._pictures(field)
        self._submissions(field)
        self._history(field)

    def _answers(self, field: Field) -> None:
        found = {
            row.question_id: Given(row.value, row.na, row.comment) for row in field.rows(Answer, self.visit)
        }
        for name, one in self.answers.items():
            if name in self.late:
                continue
            stands = found.get(name, Given())
            assert stands.plain == one.plain, f"{name}: given {one.plain}, the server has {stands.plain}"

    def _pictures(self, field: Field) -> None:
        rows = field.photos(self.visit)
        names = sorted(str(row.file_name) for row in rows)
        assert names == sorted(one.name for one in self.kept()), f"photos on the server: {names}"
        for picture in self.kept():
            row = next(row for row in rows if row.file_name == picture.name)
            assert row.question_id == picture.question, f"{picture.name} is kept with {row.question_id}"
            self._bytes(field, picture, row)

    def _bytes(self, field: Field, picture: Picture, row: Photo) -> None:
        data = field.house.app.extensions["storage"].read(row.sha256)
        if row.sha256 == picture.sha256:
            assert data == picture.data
            return
        given, kept = Image.open(io.BytesIO(picture.data)), Image.open(io.BytesIO(data))
        assert max(given.size) > LONGEST >= max(kept.size), f"{picture.name} was changed without need"
        apart = max(abs(one - other) for one, other in zip(_tone(given), _tone(kept), strict=True))
        assert apart < 12, f"{picture.name} shows something else"

    def _submissions(self, field: Field) -> None:
        sent = field.submissions(self.visit)
        assert len(sent) == 1, f"{len(sent)} accepted submissions"
        aside = field.submissions(self.visit, "conflict")
        assert bool(aside) == bool(self.late), f"{len(aside)} kept aside, {len(self.late)} answers came late"
        for name, one in self.late.items():
            values = [kept.payload["answers"].get(name, {}).get("value") for kept in aside]
            assert one.value in values, f"{name}: the late answer {one.value} is nowhere among {values}"
        assert field.state(self.visit) == "submitted"
        photos = {str(row.id) for row in field.photos(self.visit)}
        assert set(sent[0].payload["photos"]) == photos

    def _history(self, field: Field) -> None:
        """What a batch had brought to the server is still there: as it stands, or as replaced."""
        rows = [*field.rows(Answer, self.visit), *field.rows(AnswerHistory, self.visit)]
        known = {(row.question_id, Given(row.value, row.na, row.comment).plain) for row in rows}
        for name, one, at in self._sent():
            assert (name, one.plain) in known, f"{name}: {one.plain} of {at} had arrived and is lost"

    def _sent(self) -> list[tuple[str, Given, datetime]]:
        found = []
        for hit in self.hits:
            batch = _BATCH.search(hit.path)
            is_kept = hit.has_arrived and hit.status == 200
            if hit.method == "PUT" and is_kept and batch and int(batch[1]) == self.visit:
                for one in json.loads(hit.body)["answers"]:
                    given = Given(one["value"], one["na"], one["comment"])
                    found.append((one["question"], given, datetime.fromisoformat(one["at"])))
        return found


def _tone(image: Image.Image) -> tuple[int, ...]:
    """The mean colour."""
    found = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(found, tuple)
    return found
