"""From a stored scorecard to what the page and the PDF are made of. Reads only what was frozen at release."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from audit.checklists.published import published
from audit.reports.data import (
    Branch,
    Dispute,
    Network,
    Photo,
    ScorecardData,
    WavePoint,
    bands_from,
)
from audit.review.models import Scorecard

HOW_TO_OBJECT = {
    "vi": "Báo cho đơn vị khảo sát: mỗi lần một câu hỏi, nêu sự việc cụ thể, kèm bằng chứng nếu có. "
    "Kết quả được báo cho mọi người xem phiếu điểm này.",
    "en": "Tell the agency: one question at a time, stating a fact, with evidence if there is any. "
    "The outcome is told to everyone who sees this scorecard.",
}


def data_of(scorecard: Scorecard, photo_size: str) -> ScorecardData:
    """Everything a released scorecard says; `photo_size` is "pdf" or "screen". ValueError before release."""
    context = scorecard.context
    if context is None or scorecard.released_at is None:
        raise ValueError(f"scorecard {scorecard.number} is not released")
    published_version = published(scorecard.version)
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
        released_on=scorecard.released_at.astimezone(ZoneInfo(scorecard.branch.timezone)).date(),
        branch_visits=context["branch_visits"],
        bands=bands_from(context["bands"]),
        photos=tuple(Photo(photo["question"], photo[photo_size]) for photo in scorecard.photos),
        network=_network(context["network"]),
        trend=tuple(WavePoint(point["wave"], point["mean"], point["n"]) for point in context["trend"]),
        dispute=Dispute(scorecard.dispute_until, HOW_TO_OBJECT) if scorecard.dispute_until else None,
        contact=context["agency"]["contact"],
        comment=_remark(published_version.document, scorecard.answers),
    )


def _remark(document: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """The shopper's closing words: the last text question, if it was answered."""
    texts = [question["id"] for question in document["questions"] if question["type"] == "text"]
    value = answers.get(texts[-1], {}).get("value") if texts else None
    return value if isinstance(value, str) else ""


def _daypart(name: str) -> Any:
    if name not in ("morning", "noon", "afternoon", "evening"):
        raise ValueError(f"no such daypart: {name}")
    return name


def _network(figures: Mapping[str, Any] | None) -> Network | None:
    if not figures:
        return None
    factors = {
        name: factor["mean"] for name, factor in figures["factors"].items() if factor["mean"] is not None
    }
    return Network(figures["mean"], factors, figures["visits"], figures["branches"])
