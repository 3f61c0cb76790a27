"""From a stored scorecard to what the page and the PDF are made of. Reads only what was frozen at release."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from audit.checklists.published import published
from audit.followup import standing
from audit.followup.dispute_queries import disputes_of
from audit.followup.models import Dispute as Raised
from audit.mails.services import link_to
from audit.reports.data import (
    Action,
    Branch,
    Change,
    Dispute,
    Network,
    Objection,
    Photo,
    Repeat,
    ScorecardData,
    WavePoint,
    bands_from,
)
from audit.review.models import Scorecard

HOW_TO_OBJECT = {
    "vi": "Mở %s, chọn “Khiếu nại” ở câu hỏi: mỗi lần một câu, nêu sự việc cụ thể, kèm ảnh nếu có. "
    "Mọi người xem phiếu điểm này đều đọc được kết quả.",
    "en": "Open %s and choose “Object” at the question: one at a time, stating a fact, with photos if there "
    "are any. Everyone who sees this scorecard reads the outcome.",
}


def data_of(scorecard: Scorecard, photo_size: str) -> ScorecardData:
    """Everything a released scorecard says; `photo_size` is "pdf" or "screen". ValueError before release."""
    context = scorecard.context
    if context is None or scorecard.released_at is None:
        raise ValueError(f"scorecard {scorecard.number} is not released")
    published_version = published(scorecard.version)
    actions = standing.open_actions(scorecard)
    return ScorecardData(
        client=context["client"],
        branch=Branch(**context["branch"]),
        wave=context["wave"],
        day=scorecard.visited_on,
        daypart=_daypart(scorecard.daypart),
        checklist=published_version.document,
        checklist_version=scorecard.version.number,
        checklist_sha=scorecard.version.sha256 or "",
        answers=scorecard.answers,
        result=scorecard.result,
        number=scorecard.number,
        version=scorecard.edition,
        reason=scorecard.reason,
        released_on=scorecard.released_at.astimezone(ZoneInfo(scorecard.branch.timezone)).date(),
        branch_visits=context["branch_visits"],
        bands=bands_from(context["bands"]),
        photos=tuple(Photo(photo["question"], photo[photo_size]) for photo in scorecard.photos),
        network=_network(context["network"]),
        trend=tuple(_point(point) for point in context["trend"]),
        change=_change(context.get("change")),
        dispute=Dispute(scorecard.dispute_until, _how(scorecard)) if scorecard.dispute_until else None,
        actions=tuple(
            Action(one.text, one.owner, one.due_on, one.question_id, one.is_overdue) for one in actions
        ),
        repeats=tuple(
            Repeat(one.question_id, one.times, one.visits) for one in standing.repeated_losses(scorecard)
        ),
        contact=context["agency"]["contact"],
        comment=_remark(published_version.document, scorecard),
        sha=scorecard.sha256 or "",
        page=link_to(f"/scorecards/{scorecard.id}"),
    )


def _how(scorecard: Scorecard) -> dict[str, str]:
    page = link_to(f"/scorecards/{scorecard.id}")
    return {language: text % page for language, text in HOW_TO_OBJECT.items()}


def objections_of(scorecard: Scorecard) -> tuple[Objection, ...]:
    """The disputes that a print of this edition tells of: as they stood at its release."""
    if scorecard.released_at is None:
        return ()
    found = disputes_of(scorecard.visit_id, until=scorecard.released_at)
    return tuple(_objection(one, scorecard) for one in found)


def _objection(raised: Raised, scorecard: Scorecard) -> Objection:
    zone = ZoneInfo(scorecard.branch.timezone)
    outcome = raised.outcome
    if outcome is None or scorecard.released_at is None or outcome.at > scorecard.released_at:
        return Objection(raised.question_id, raised.fact, raised.at.astimezone(zone).date())
    return Objection(
        question=raised.question_id,
        fact=raised.fact,
        day=raised.at.astimezone(zone).date(),
        upheld=outcome.upheld,
        reason=outcome.reason,
        answered=outcome.at.astimezone(zone).date(),
    )


def _remark(document: Mapping[str, Any], scorecard: Scorecard) -> str:
    """The shopper's closing words: the last text question, if it was asked and answered."""
    texts = [question["id"] for question in document["questions"] if question["type"] == "text"]
    states = {line["id"]: line["state"] for line in scorecard.result.get("questions", [])}
    if not texts or states.get(texts[-1]) != "answered":
        return ""
    value = scorecard.answers.get(texts[-1], {}).get("value")
    return value if isinstance(value, str) else ""


def _daypart(name: str) -> Any:
    if name not in ("morning", "noon", "afternoon", "evening"):
        raise ValueError(f"no such daypart: {name}")
    return name


def _point(figures: Mapping[str, Any]) -> WavePoint:
    """Scorecards released before ranges were kept have none."""
    more = (figures.get(name) for name in ("low", "high", "network"))
    return WavePoint(figures["wave"], figures["mean"], figures["n"], *more)


def _change(figures: Mapping[str, Any] | None) -> Change | None:
    if not figures:
        return None
    return Change(figures["verdict"], *(figures.get(name) for name in ("difference", "low", "high")))


def _network(figures: Mapping[str, Any] | None) -> Network | None:
    if not figures:
        return None
    factors = {
        name: factor["mean"] for name, factor in figures["factors"].items() if factor["mean"] is not None
    }
    return Network(figures["mean"], factors, figures["visits"], figures["branches"])
