"""What branches of the demo do with released scorecards: acknowledge, talk, act, object; and what follows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from sqlalchemy import select

from audit.accounts.models import Person
from audit.checklists.published import published
from audit.db import db
from audit.demo import replies
from audit.demo.answers import FIGURES
from audit.demo.calendar import ZONE, moment
from audit.demo.chance import dice
from audit.demo.living import Deed, World
from audit.demo.timeline import Step
from audit.followup import actions, disputes, proposals, thread
from audit.followup.models import Action, ActionState, Dispute
from audit.review.models import Scorecard
from audit.review.queries import approver_id
from audit.scoring.visit import credit

MOST_TAKEN = 3  # actions that a branch takes on from one scorecard
ACKNOWLEDGED = {"manager": 0.75, "area": 0.4, "head": 0.2}
TALKED = 0.16  # of the scorecards
DAY = timedelta(days=1)
TYPES = ("yesno", "single", "scale", "multi", "number", "duration")  # that a dispute is about, best first


def follow(world: World, step: Step) -> None:
    """Everything that a release sets going; branches began to use it after the waves that are old."""
    if world.lives[step.visit].is_old:
        return
    visit = world.visit(step)
    card = _card(visit.id)
    proposals.after_release(card, step.at)
    rng = dice(world.seed, world.lives[step.visit].slot.code, "aftermath")
    people = _people(world, card)
    for word, share in ACKNOWLEDGED.items():
        if word in people and rng.random() < share:
            at = step.at + timedelta(hours=rng.randint(1, 60), minutes=rng.randint(0, 59))
            world.plan(Step(at, step.visit, "acknowledge", {"by": people[word]}))
    _plan_talk(world, step, people, rng)
    _plan_dispute(world, step)
    if "manager" in people or rng.random() < 0.3:
        _plan_actions(world, step, card, people.get("manager") or people["area"], rng)


def _card(visit_id: int) -> Scorecard:
    query = select(Scorecard).where(Scorecard.visit_id == visit_id, Scorecard.is_current)
    return db.session.scalars(query).one()


def _people(world: World, card: Scorecard) -> dict[str, Person]:
    readers = world.readers[card.branch_id]
    found = {"area": readers.area[0], "head": readers.head_office[0]}
    return found | {"manager": readers.managers[0]} if readers.managers else found


def _acknowledge(world: World, step: Step) -> None:
    card = _card(world.visit(step).id)
    thread.acknowledge(card, step.detail["by"], step.at)


def _plan_talk(world: World, step: Step, people: Mapping[str, Person], rng: Random) -> None:
    is_silent = rng.random() >= TALKED and world.lives[step.visit].slot.twist != "dispute_declined"
    if is_silent or "manager" not in people:
        return
    at = step.at
    for who, text in rng.choice(replies.TALKS):
        at = _daytime(at + timedelta(hours=rng.randint(3, 22)), rng)
        world.plan(Step(at, step.visit, "say", {"by": people.get(who), "text": text}))


def _daytime(at: datetime, rng: Random) -> datetime:
    """Nobody writes at night."""
    local = at.astimezone(ZONE)
    if 8 <= local.hour < 18:
        return at
    day = local.date() + (DAY if local.hour >= 18 else timedelta())
    return moment(day, rng.randint(8, 10), rng.randint(0, 59))


def _say(world: World, step: Step) -> None:
    card = _card(world.visit(step).id)
    by = step.detail["by"] or next(one for one in world.editors if one.id == card.made_by_id)
    thread.write(card, by, step.at, step.detail["text"])


def _plan_actions(world: World, step: Step, card: Scorecard, by: Person, rng: Random) -> None:
    """Take some proposals on and drop one now and then; the others stay proposed. Once more what failed again."""
    query = select(Action).where(Action.client_id == card.client_id, Action.branch_id == card.branch_id)
    failed = query.where(Action.state == ActionState.FAILED_AGAIN, Action.settled_by_id == card.id)
    new = query.where(Action.scorecard_id == card.id, Action.state == ActionState.PROPOSED)
    taken = 0
    for action in [
        *db.session.scalars(failed.order_by(Action.id)),
        *db.session.scalars(new.order_by(Action.id)),
    ]:
        at = _daytime(step.at + timedelta(hours=rng.randint(4, 50), minutes=rng.randint(0, 59)), rng)
        detail = {"action": action.id, "by": by}
        throw = rng.random()
        if throw < 0.07:
            world.plan(Step(at, step.visit, "drop", detail | {"reason": rng.choice(replies.DROPPED)}))
        elif throw < 0.8 and taken < MOST_TAKEN:
            taken += 1
            days = rng.randint(7, 24)
            world.plan(Step(at, step.visit, "take", detail | {"days": days}))
            if rng.random() < 0.62:
                done = _daytime(at + timedelta(days=rng.randint(2, days), hours=3), rng)
                world.plan(Step(done, step.visit, "finish", detail | {"note": rng.choice(replies.DONE)}))


def _action(step: Step) -> Action:
    return db.session.get_one(Action, step.detail["action"])


def _take(world: World, step: Step) -> None:
    action = _action(step)
    if action.state not in actions.STEPS["accepted"][0]:
        return  # a later visit has spoken meanwhile
    question = published(action.scorecard.version).questions.get(action.question_id or "", {})
    known = replies.MEASURES.get(question.get("factor", ""), (replies.MEASURE,))
    text, department, owner = known[action.id % len(known)]
    due_on = (step.at + step.detail["days"] * DAY).astimezone(ZONE).date()
    plan = actions.Plan(text, department, owner, due_on)
    actions.accept(action, step.detail["by"], step.at, plan)


def _finish(world: World, step: Step) -> None:
    action = _action(step)
    if action.state != ActionState.OPEN:
        return
    picture = world.evidence.get(action.branch_id)
    photos = [picture] if picture and action.id % 3 == 0 else []
    actions.finish(action, step.detail["by"], step.at, step.detail["note"], photos)


def _drop(world: World, step: Step) -> None:
    action = _action(step)
    if action.state in actions.STEPS["dropped"][0]:
        actions.drop(action, step.detail["by"], step.at, step.detail["reason"])


def _plan_dispute(world: World, step: Step) -> None:
    """The branch objects some days later; what is still open was raised lately."""
    twist = world.lives[step.visit].slot.twist
    if not twist.startswith("dispute"):
        return
    at = step.at + timedelta(hours=17, minutes=25)  # the next morning
    if twist == "dispute_open":
        at = max(step.at + timedelta(hours=2, minutes=10), world.until - timedelta(days=3, hours=8))
    world.plan(Step(at, step.visit, "object", {"twist": twist}))


def _object(world: World, step: Step) -> None:
    card = _card(world.visit(step).id)
    people = _people(world, card)
    question = _disputed(card)
    picture = world.evidence.get(card.branch_id)
    twist, evidence = step.detail["twist"], [picture] if picture else []
    fact = replies.FACTS.get(question, replies.FACT)
    by = people.get("manager") or people["area"]
    made = disputes.raise_dispute(card, by, step.at, question, fact, evidence)
    if twist in ("dispute_upheld", "dispute_declined"):
        later = step.at + timedelta(days=2, hours=5)
        world.plan(Step(later, step.visit, twist, {"dispute": made.id}))


def _disputed(card: Scorecard) -> str:
    """A question that lost points and that no other question depends on, best one that a branch knows facts of."""
    known = disputes.disputable(card)
    every = published(card.version).questions.values()
    parents = {one["show_if"]["q"] for one in every if one.get("show_if")}
    lost: list[str] = [line["id"] for line in card.result["questions"] if Fraction(line["lost"]) > 0]
    fitting = [name for name in lost if name in known and name not in parents]
    fitting.sort(key=lambda name: (name not in replies.FACTS, TYPES.index(known[name]["type"])))
    if not fitting:
        raise LookupError(f"scorecard {card.number} lost no point that could be disputed")
    return fitting[0]


def _uphold(world: World, step: Step) -> None:
    """By the editor who did not approve the visit."""
    dispute = db.session.get_one(Dispute, step.detail["dispute"])
    approver = approver_id(world.visit(step))
    second = next(one for one in world.editors if one.id != approver)
    question = disputes.disputable(dispute.scorecard)[dispute.question_id]
    old = dispute.scorecard.answers[dispute.question_id].get("value")
    new = {"value": _right(question, old)}
    disputes.uphold(dispute, second, step.at, new, replies.UPHELD[dispute.id % len(replies.UPHELD)])
    proposals.after_release(_card(dispute.visit_id), step.at)


def _right(question: Mapping[str, Any], old: Any) -> Any:
    """The answer with full credit."""
    match question["type"]:
        case "yesno":
            return question.get("good", "yes")
        case "scale":
            return question["max"]
        case "number":
            return FIGURES[question["id"]][Fraction(1)][0]
        case "duration":
            minutes = float(question["bands"][0]["upto"]) / 2
            start = datetime.fromisoformat(old["start"])
            return {"start": old["start"], "end": (start + timedelta(minutes=minutes)).isoformat()}
        case "multi":
            return []
        case _:
            names = [one["id"] for one in question["options"]]
            return max(names, key=lambda one: credit(question, one) or 0)


def _decline(world: World, step: Step) -> None:
    dispute = db.session.get_one(Dispute, step.detail["dispute"])
    approver = approver_id(world.visit(step))
    editor = next(one for one in world.editors if one.id != approver)
    disputes.decline(dispute, editor, step.at, replies.DECLINED[dispute.id % len(replies.DECLINED)])


DEEDS: Mapping[str, Deed] = {
    "acknowledge": _acknowledge,
    "say": _say,
    "take": _take,
    "finish": _finish,
    "drop": _drop,
    "object": _object,
    "dispute_upheld": _uphold,
    "dispute_declined": _decline,
}
