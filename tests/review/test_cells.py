"""The sums that comparisons read are those of the released, current scorecards, whatever happened before."""

import importlib
import random
import threading
from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.followup import thread
from audit.review import queries as review_queries
from audit.review import release
from audit.review.cells import settle
from audit.review.fingerprint import fingerprint
from audit.review.lines import Cell, CellPart, ScorecardComment, ScorecardPhoto, ScorecardSection, WavePart
from audit.review.models import Scorecard, ScorecardFactor, ScorecardQuestion
from audit.visits import queries
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.insights.cards import card
from tests.review.test_stored_scorecard import DOCUMENT

KINDS = {"factor": ScorecardFactor, "section": ScorecardSection, "question": ScorecardQuestion}


def counting(session: Session) -> list[Scorecard]:
    """The scorecards that count."""
    return [
        one for one in session.scalars(select(Scorecard)) if one.is_current and one.released_at is not None
    ]


def recounted(session: Session) -> dict[tuple[int, int], tuple[Any, ...]]:
    """The sums of each cell, from the scorecards one by one."""
    found: dict[tuple[int, int], list[Scorecard]] = defaultdict(list)
    for one in counting(session):
        found[one.wave_id, one.branch_id].append(one)
    sums = {}
    for place, cards in found.items():
        scores = [
            (Fraction(one.before_knockouts), Fraction(one.overall), one.knockouts > 0)
            for one in cards
            if one.before_knockouts is not None and one.overall is not None
        ]
        sums[place] = (
            len(scores),
            len(cards) - len(scores),
            sum(hit for _, _, hit in scores),
            sum(score for score, _, _ in scores),
            sum(score * score for score, _, _ in scores),
            sum(overall for _, overall, _ in scores),
        )
    return sums


def kept(session: Session) -> dict[tuple[int, int], tuple[Any, ...]]:
    """The sums as they are kept."""
    session.expire_all()
    return {
        (cell.wave_id, cell.branch_id): (
            cell.n,
            cell.unscored,
            cell.incidents,
            *(Fraction(one) for one in (cell.total, cell.squares, cell.overall)),
        )
        for cell in session.scalars(select(Cell))
    }


def parts_recounted(session: Session) -> dict[tuple[Any, ...], list[Any]]:
    """The sums of each part of each cell, from the lines one by one."""
    cards = {one.id: one for one in counting(session) if one.status == "scored"}
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(
        lambda: [0, 0, 0, Fraction(), Fraction(), Fraction()]
    )
    for kind, table in KINDS.items():
        for line in session.scalars(select(table)):
            if line.scorecard_id not in cards:
                continue
            of = cards[line.scorecard_id]
            own = found[of.wave_id, of.branch_id, kind, getattr(line, f"{kind}_id")]
            value = line.credit if kind == "question" else line.score
            own[4] += Fraction(line.possible)
            if kind == "question":
                own[5] += Fraction(line.lost)
            if value is None:
                continue
            own[0] += 1
            own[3] += Fraction(value)
            if kind == "question":
                own[1] += value == 1
                own[2] += 0 < value < 1
    return dict(found)


def parts_kept(session: Session) -> dict[tuple[Any, ...], list[Any]]:
    """The sums of parts as they are kept."""
    return {
        (part.wave_id, part.branch_id, part.kind, part.part_id): [
            part.n,
            part.met,
            part.partly,
            *(Fraction(one) for one in (part.total, part.possible, part.lost)),
        ]
        for part in session.scalars(select(CellPart))
    }


def waves_recounted(session: Session) -> dict[tuple[Any, ...], list[Any]]:
    """The sums of each part over the branches of a wave with equally many visits, from the lines one by one."""
    visits = {place: own[0] for place, own in recounted(session).items() if own[0]}
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(
        lambda: [0, 0, 0, Fraction(), Fraction(), Fraction(), False]
    )
    for (wave_id, branch_id, kind, part_id), (n, *sums) in parts_recounted(session).items():
        own = found[wave_id, kind, part_id, visits[wave_id, branch_id], n]
        own[0] += 1
        for place, value in enumerate(sums, start=1):
            own[place] += value
        own[6] = own[6] or sums[3] > 0 or sums[4] != 0
    return dict(found)


def waves_kept(session: Session) -> dict[tuple[Any, ...], list[Any]]:
    """The sums over whole waves as they are kept."""
    return {
        (part.wave_id, part.kind, part.part_id, part.visits, part.n): [
            part.branches,
            part.met,
            part.partly,
            *(Fraction(one) for one in (part.total, part.possible, part.lost)),
            part.moves,
        ]
        for part in session.scalars(select(WavePart))
    }


def agree(session: Session) -> None:
    """The kept sums are those counted anew."""
    assert kept(session) == recounted(session)
    assert parts_kept(session) == parts_recounted(session)
    assert waves_kept(session) == waves_recounted(session)


@pytest.mark.parametrize("seed", range(4))
def test_sums_follow_releases_and_editions(
    session: Session, world: World, admin: Person, shopper: Person, seed: int
) -> None:
    chance = random.Random(seed)
    waves = [factories.wave(world.client, admin, name=f"Đợt {number}") for number in range(2)]
    branches = [world.branch, world.second_branch, world.southern_branch]
    made: list[Scorecard] = []
    for _step in range(25):
        act = chance.choice(["release", "release", "approve", "edition", "late"])
        waiting = [one for one in made if one.released_at is None]
        current = [one for one in made if one.is_current and one.released_at is not None]
        if act == "late" and waiting:
            waiting[0].released_at = factories.AT
            settle(waiting[:1])
        elif act == "edition" and current:
            old = chance.choice(current)
            old.is_current = False
            session.flush()
            branch = next(one for one in branches if one.id == old.branch_id)
            wave = next(one for one in waves if one.id == old.wave_id)
            made.append(_random_card(chance, wave, branch, shopper, edition=2, reason="Khiếu nại đúng"))
        else:
            released_at = None if act == "approve" else factories.AT
            wave, branch = chance.choice(waves), chance.choice(branches)
            made.append(_random_card(chance, wave, branch, shopper, released_at=released_at))
    session.flush()
    agree(session)
    assert kept(session)


def _random_card(chance: random.Random, wave: Any, branch: Any, shopper: Person, **values: Any) -> Scorecard:
    """Scores and credits in thirds and sevenths; some without a score at all."""
    if chance.random() < 0.15:
        return card(wave, branch, shopper, None, **values)
    score = Fraction(chance.randint(0, 2100), 21)
    hit = chance.random() < 0.2
    return card(
        wave,
        branch,
        shopper,
        score,
        {"issue": Fraction(chance.randint(0, 300), 3), "speed": chance.choice([None, 50])},
        {
            "greeted": (chance.choice([None, 0, Fraction(1, 3), 1]), 20, Fraction(chance.randint(0, 60), 7)),
            "queue": (1, 10, 0),
        },
        {"front": Fraction(chance.randint(0, 700), 7)},
        **({"overall": 0, "knockouts": 1} if hit else {}),
        **values,
    )


def test_a_story_with_a_dispute_leaves_the_sums_of_what_counts(
    session: Session, world: World, admin: Person, shopper: Person, editor: Person, head_office: Person
) -> None:
    wave = factories.wave(world.client, admin, factories.version(DOCUMENT))
    visits = [factories.visit(wave, world.branch, shopper) for _ in range(2)]
    session.commit()
    first = stories.lived(visits[0], editor, admin, {"rude": "yes", "late": "yes", "lift": "na"})
    agree(session)
    stories.lived(visits[1], editor, admin)
    agree(session)
    (before,) = kept(session).values()
    assert before[:3] == (2, 0, 1)
    dispute = stories.disputed(review_queries.current_of(first), head_office, "rude")
    stories.upheld(dispute, admin, {"value": "no"})
    agree(session)
    (after,) = kept(session).values()
    assert after[:2] == (2, 0)
    assert after[3] > before[3]


def test_comments_and_photos_are_kept_with_the_release(
    session: Session, world: World, admin: Person, shopper: Person, editor: Person
) -> None:
    visit = factories.visit(factories.wave(world.client, admin), world.branch, shopper)
    session.commit()
    stories.submitted(visit, shopper)
    stories.approved(visit, editor)
    assert not session.scalars(select(ScorecardPhoto)).all()
    made = stories.released(visit, admin)
    photos = session.scalars(select(ScorecardPhoto).order_by(ScorecardPhoto.place)).all()
    assert [photo.question_id for photo in photos] == [photo["question"] for photo in made.photos]
    written = {
        (comment.question_id, comment.part): comment.text
        for comment in session.scalars(select(ScorecardComment))
    }
    expected = {
        (name, "comment"): answer["comment"] for name, answer in made.answers.items() if answer.get("comment")
    }
    assert expected.items() <= written.items()
    for comment in session.scalars(select(ScorecardComment)):
        assert comment.search.isascii()


def hidden_and_shown(wave: Wave, world: World, shopper: Person) -> None:
    """A scorecard with a comment at a question that was not asked, and one at another."""
    result = {"questions": [{"id": "wait", "state": "hidden"}, {"id": "greeted", "state": "answered"}]}
    answers = {"wait": {"comment": "Đợi lâu"}, "greeted": {"comment": "Có chào"}}
    card(wave, world.southern_branch, shopper, 60, result=result, answers=answers)
    db.session.commit()


def test_what_stands_at_a_hidden_question_is_not_kept(
    session: Session, world: World, admin: Person, shopper: Person
) -> None:
    hidden_and_shown(factories.wave(world.client, admin), world, shopper)
    assert session.scalars(select(ScorecardComment.text)).all() == ["Có chào"]


def test_two_releases_in_one_wave_at_once_are_both_counted(
    app: Flask, session: Session, world: World, admin: Person, shopper: Person, editor: Person
) -> None:
    wave = factories.wave(world.client, admin)
    visits = [factories.visit(wave, world.branch, shopper) for _ in range(4)]
    session.commit()
    for visit in visits:
        stories.submitted(visit, shopper)
        stories.approved(visit, editor)
    ids, admin_id = [visit.id for visit in visits], admin.id
    db.session.rollback()
    start = threading.Barrier(len(ids))
    failures: list[BaseException] = []

    def let_go(visit_id: int) -> None:
        with app.app_context():
            person = db.session.get_one(Person, admin_id)
            start.wait()
            try:
                release.release(queries.locked_visit_for(person, visit_id), person, stories.AT)
                db.session.commit()
            except BaseException as failure:  # shown by the test
                failures.append(failure)
            db.session.remove()

    threads = [threading.Thread(target=let_go, args=(visit_id,)) for visit_id in ids]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures
    agree(session)
    ((n, *_rest),) = kept(session).values()
    assert n == len(ids)


DERIVED = ("wave_part", "cell_part", "cell", "scorecard_section", "scorecard_comment", "scorecard_photo")
MIGRATIONS = ("0005_comparisons", "0007_wave_parts")


def rows_of(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the migration fills, without the numbers of changes."""
    found = {}
    for table in DERIVED:
        rows = session.execute(text(f"SELECT * FROM {table}")).mappings()
        found[table] = sorted(
            (tuple(value for key, value in sorted(row.items()) if key != "revision") for row in rows),
            key=repr,
        )
    return found


def test_the_migration_fills_in_what_a_release_would_have_written(
    session: Session, world: World, admin: Person, shopper: Person, editor: Person, head_office: Person
) -> None:
    wave = factories.wave(world.client, admin, factories.version(DOCUMENT))
    usual = factories.wave(world.client, admin, name="Bảng tiêu chí khác")
    visits = [factories.visit(wave, world.branch, shopper) for _ in range(3)]
    visits += [factories.visit(usual, world.second_branch, shopper) for _ in range(2)]
    session.commit()
    rude = {"rude": "yes", "late": "yes", "lift": "na"}
    cards = [
        stories.lived(visit, editor, admin, rude if visit is visits[0] else None) for visit in visits[:4]
    ]
    stories.upheld(stories.disputed(cards[0], head_office, "late"), admin, {"value": "no"})
    stories.submitted(visits[4], shopper)
    stories.approved(visits[4], editor)  # approved, not released: its sections are there, nothing else is
    hidden_and_shown(usual, world, shopper)
    before = rows_of(session)
    assert all(before.values())
    migrations = [importlib.import_module(f"audit.migrations.versions.{name}") for name in MIGRATIONS]
    session.execute(text("SET LOCAL session_replication_role = replica"))  # these tables refuse to be emptied
    for table in DERIVED:
        session.execute(text(f"DELETE FROM {table}"))
    for statement in (one for migration in migrations for one in migration.filling()):
        session.execute(text(statement.replace(":", r"\:")))
    assert rows_of(session) == before
    session.rollback()


def test_the_later_migration_counts_knockouts_of_the_visit_alone_and_tells_whose_a_message_was(
    session: Session, world: World, admin: Person, shopper: Person, editor: Person, branch_manager: Person
) -> None:
    wave = factories.wave(world.client, admin, factories.version(DOCUMENT))
    visits = [factories.visit(wave, world.branch, shopper) for _ in range(2)]
    session.commit()
    fired = [
        stories.lived(visits[0], editor, admin, {"rude": "yes"}),
        stories.lived(visits[1], editor, admin),
    ]
    for person in (editor, branch_manager):
        thread.write(fired[0], person, now(), "Đã xem.")
    session.commit()
    query = "SELECT knockouts FROM scorecard ORDER BY id"
    messages = "SELECT by_agency FROM message ORDER BY id"
    right = (session.scalars(text(query)).all(), kept(session), session.scalars(text(messages)).all())
    assert right[0] == [1, 0]
    assert right[2] == [True, False]
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("UPDATE scorecard SET knockouts = knockouts + 1 WHERE knockouts > 0"))
    session.execute(text("UPDATE cell SET incidents = n"))
    session.execute(text("UPDATE message SET by_agency = NOT by_agency"))
    for statement in importlib.import_module("audit.migrations.versions.0008_said_by_whom").filling():
        session.execute(text(statement.replace(":", r"\:")))
    session.expire_all()
    found = (session.scalars(text(query)).all(), kept(session), session.scalars(text(messages)).all())
    session.rollback()
    assert found == right


def test_the_later_migration_takes_the_fingerprints_of_what_is_released(
    session: Session, world: World, admin: Person, shopper: Person, editor: Person, head_office: Person
) -> None:
    wave = factories.wave(world.client, admin, factories.version(DOCUMENT))
    visits = [factories.visit(wave, world.branch, shopper) for _ in range(3)]
    session.commit()
    first = stories.lived(visits[0], editor, admin, {"late": "yes"})
    stories.upheld(stories.disputed(first, head_office, "late"), admin, {"value": "no"})
    stories.lived(visits[1], editor, admin, {"rude": "yes", "lift": "na"})
    stories.submitted(visits[2], shopper)
    stories.approved(visits[2], editor)
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("UPDATE scorecard SET sha256 = NULL"))
    importlib.import_module("audit.migrations.versions.0008_said_by_whom").take_fingerprints(
        session.connection()
    )
    session.expire_all()
    cards = session.scalars(select(Scorecard).order_by(Scorecard.id)).all()
    assert [card.sha256 for card in cards] == [
        fingerprint(card) if card.released_at is not None else None for card in cards
    ]
    assert sum(card.sha256 is not None for card in cards) == 3
    session.rollback()
