"""Make the scorecard's view from documents: what is said, in which order, in numbers that add up. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from audit.reports import charts, words
from audit.reports.data import Band, ScorecardData
from audit.reports.ledger import apportion, contributions, possible_points
from audit.reports.rows import Rows
from audit.reports.view import (
    ActionView,
    BandView,
    ChangeView,
    DocumentView,
    FactorView,
    NetworkView,
    ObjectionView,
    RepeatView,
    ScorecardView,
    SectionView,
    StepView,
    SummaryView,
)
from audit.scoring.display import half_away
from audit.scoring.inference import MIN_VISITS
from audit.scoring.visit import DEFAULT_WEIGHTS

__all__ = ["ScorecardData", "ScorecardView", "build"]


def build(data: ScorecardData, language: str) -> ScorecardView:
    """Turn a scored visit into what its scorecard says in "vi" or "en"; ValueError if it has no score."""
    if data.result.get("status") != "scored":
        raise ValueError(f"a scorecard needs a score, this visit is {data.result.get('status')}")
    return _Builder(data, language).view()


def band_views(bands: Sequence[Band], language: str) -> tuple[BandView, ...]:
    """Grades from the best down, each with the range it covers."""
    ordered = sorted(bands, key=lambda band: Fraction(band.minimum), reverse=True)
    found: list[BandView] = []
    above: Fraction | None = None
    for place, band in enumerate(ordered):
        low = Fraction(band.minimum)
        high = words.number(above - Fraction(1, 10), language) if above is not None else ""
        found.append(
            BandView(
                title=words.said(band.title, language),
                colour=band.colour,
                ink=band.ink,
                low=words.short(low, language),
                high=high,
                above=words.short(above, language) if above is not None else "",
                place=place,
                start=float(low) if place < len(ordered) - 1 else 0.0,
                end=float(above) if above is not None else 100.0,
                is_last=place == len(ordered) - 1,
            )
        )
        above = low
    return tuple(found)


def band_of(bands: Sequence[BandView], value: Fraction) -> BandView:
    """The grade of a score, by the number as it is shown (one decimal)."""
    shown = Fraction(half_away(value * 10), 10)
    return next(
        (band for band in bands if not band.is_last and shown >= Fraction(str(band.start))), bands[-1]
    )


class _Builder:
    """The steps of `build`, which share the language, the result and the rows."""

    def __init__(self, data: ScorecardData, language: str) -> None:
        self.data, self.language, self.result = data, language, data.result
        self.bands = band_views(data.bands, language)
        self.overall = Fraction(self.result["overall"])
        self.shown = Fraction(self.result["overall_shown"])
        self.factor_titles = {
            factor["id"]: words.said(factor.get("title"), language) or factor["id"]
            for factor in data.checklist["factors"]
        }
        self.rows = Rows(data, language, self.factor_titles, self._possible_shown())
        self.factors, self.steps = self._factors_and_steps()

    def view(self) -> ScorecardView:
        """Put everything together."""
        data, say = self.data, self.language
        before = Fraction(self.result["before_knockouts"])
        return ScorecardView(
            language=say,
            client=data.client,
            branch=data.branch.name,
            code=data.branch.code,
            address=data.branch.address,
            wave=data.wave,
            day=words.day(data.day),
            daypart=data.daypart,
            score=words.number(self.shown, say),
            value=float(self.overall),
            band=band_of(self.bands, self.overall),
            before_knockouts=words.number(before, say) if before != self.overall else "",
            bands=self.bands,
            summary=self._summary(),
            low_coverage=self._low_coverage(),
            network=self._network(before),
            change=self._change(),
            visits=data.branch_visits,
            factors=self.factors,
            steps=self.steps,
            first_steps=self._first_steps(),
            losses=self.rows.worst(3),
            trend=self._trend(),
            trend_has_network=sum(point.network is not None for point in data.trend[-6:]) > 1,
            trend_has_ranges=any(point.low is not None for point in data.trend[-6:]),
            sections=self._sections(),
            question_count=len(self.rows.all),
            assessed_count=sum(Fraction(question["possible"]) > 0 for question in self.result["questions"]),
            worth_total=words.number(self.rows.sums(self.rows.all).possible, say),
            lost_total=words.signed(self.shown - 100, say),
            photos=self.rows.photos,
            deadline=words.day(data.dispute.deadline) if data.dispute else "",
            how_to_object=words.said(data.dispute.how, say) if data.dispute else "",
            contact=data.contact,
            actions=self._actions(),
            repeats=self._repeats(),
            objections=self._objections(),
            comment=data.comment.strip(),
            default_weights=self._has_default_weights(),
            document=self._document(),
        )

    def _possible_shown(self) -> tuple[Fraction, ...]:
        questions = self.result["questions"]
        touched = {entry["question"] for entry in self.result["knockouts"] if Fraction(entry["drop"])}
        touched |= {entry["question"] for entry in self.result["adjustments"]}
        plain = [question["id"] not in touched for question in questions]
        lost = [
            Fraction(question["lost_shown"]) if is_plain else Fraction(0)
            for question, is_plain in zip(questions, plain, strict=True)
        ]
        whole = [
            is_plain and question["credit"] == "0" and Fraction(question["possible"]) > 0
            for question, is_plain in zip(questions, plain, strict=True)
        ]
        return possible_points([Fraction(question["possible"]) for question in questions], lost, whole)

    def _factors_and_steps(self) -> tuple[tuple[FactorView, ...], tuple[StepView, ...]]:
        results = self.result["factors"]
        possible = [Fraction(factor["possible"]) for factor in results]
        scores = [Fraction(factor["score"]) if factor["score"] is not None else None for factor in results]
        applied = [entry for entry in self.result["adjustments"] if Fraction(entry["applied"])]
        dropped = [entry for entry in self.result["knockouts"] if entry["scope"] == "visit"]
        others = [Fraction(entry["applied"]) for entry in applied]
        others += [-Fraction(entry["drop"]) for entry in dropped]
        shares, brought, rest = contributions(possible, scores, others, self.shown)
        weights = self._weights()
        factors = tuple(
            self._factor(factor["id"], weights[factor["id"]], score, share, part)
            for factor, score, share, part in zip(results, scores, shares, brought, strict=True)
        )
        steps = [self._adjustment(entry, points) for entry, points in zip(applied, rest, strict=False)]
        for entry in self.result["knockouts"]:
            if entry["scope"] == "factor":
                steps.append(self._knockout(entry, -Fraction(entry["drop"])))
        for entry, points in zip(dropped, rest[len(applied) :], strict=True):
            steps.append(self._knockout(entry, points))
        return factors, tuple(steps)

    def _weights(self) -> dict[str, Fraction]:
        """Nominal shares in hundredths, as shown, adding up to 100,0."""
        factors = self.data.checklist["factors"]
        weights = [Fraction(factor["weight"]) for factor in factors]
        total = sum(weights) or Fraction(1)
        shares = [weight * 100 / total for weight in weights]
        shown = apportion(shares, Fraction(100)) or shares
        return {factor["id"]: share for factor, share in zip(factors, shown, strict=True)}

    def _factor(
        self, name: str, weight: Fraction, score: Fraction | None, share: Fraction, part: Fraction
    ) -> FactorView:
        say = self.language
        mean = self.data.network.factors.get(name) if self.data.network else None
        network = Fraction(mean) if mean is not None else None
        gap = score - network if score is not None and network is not None else None
        return FactorView(
            title=self.factor_titles[name],
            weight=words.percent(weight, say),
            score=words.number(score, say) if score is not None else "",
            value=float(score) if score is not None else None,
            band=band_of(self.bands, score) if score is not None else None,
            network=words.number(network, say) if network is not None else "",
            network_value=float(network) if network is not None else None,
            difference=words.signed(gap, say) if gap is not None else "",
            contribution=words.number(part, say),
            possible=words.number(share, say),
        )

    def _first_steps(self) -> tuple[StepView, ...]:
        if len(self.steps) <= 3:
            return self.steps
        kept, rest = self.steps[:2], self.steps[2:]
        points = sum((step.value for step in rest if step.counted), Fraction(0))
        return (*kept, StepView("others", len(rest), "", words.signed(points, self.language), counted=True))

    def _adjustment(self, entry: Mapping[str, Any], points: Fraction) -> StepView:
        row = self.rows.by_id[entry["question"]]
        return StepView(
            kind="bonus" if Fraction(entry["applied"]) > 0 else "penalty",
            number=row.number,
            title=row.text,
            points=words.signed(points, self.language),
            counted=True,
            limited=entry["asked"] != entry["applied"],
            value=points,
        )

    def _knockout(self, entry: Mapping[str, Any], points: Fraction) -> StepView:
        row = self.rows.by_id[entry["question"]]
        of_visit = entry["scope"] == "visit"
        return StepView(
            kind="visit_knockout" if of_visit else "factor_knockout",
            number=row.number,
            title=row.text,
            points=words.signed(points, self.language),
            counted=of_visit,
            cap=words.short(entry["cap"], self.language),
            factor="" if of_visit else row.factor,
            value=points,
        )

    def _summary(self) -> SummaryView:
        say = self.language
        shown = [Fraction(question["lost_shown"]) for question in self.result["questions"]]
        bonus = -sum((points for points in shown if points < 0), Fraction(0))
        drops = sum((Fraction(entry["drop"]) for entry in self.result["knockouts"]), Fraction(0))
        return SummaryView(
            lost=words.number(sum((points for points in shown if points > 0), Fraction(0)), say),
            count=sum(points > 0 for points in shown),
            total=words.number(100 - self.shown, say),
            bonus=words.number(bonus, say) if bonus else "",
            knockouts=words.number(drops, say) if drops else "",
        )

    def _low_coverage(self) -> str:
        if "low_coverage" not in self.result["flags"]:
            return ""
        return words.percent(Fraction(self.result["coverage"]) * 100, self.language, 0)

    def _network(self, before: Fraction) -> NetworkView | None:
        known = self.data.network
        if known is None:
            return None
        mean = Fraction(known.mean)
        return NetworkView(
            mean=words.number(mean, self.language),
            value=float(mean),
            # Network means are taken before knock-outs (scoring.md 3), so the visit is compared likewise.
            difference=words.signed(before - mean, self.language),
            visits=known.visits,
            branches=known.branches,
        )

    def _change(self) -> ChangeView | None:
        change = self.data.change
        if change is None:
            return None
        if change.difference is None or change.low is None or change.high is None:
            return ChangeView(change.verdict)
        say = self.language
        low, high = Fraction(change.low), Fraction(change.high)
        if change.verdict == "unclear":
            return ChangeView(
                "unclear",
                *(words.number(value, say, 0) for value in (Fraction(change.difference), low, high)),
            )
        sizes = sorted((abs(low), abs(high)))
        return ChangeView(
            change.verdict,
            *(words.number(size, say, 0) for size in (abs(Fraction(change.difference)), *sizes)),
        )

    def _trend(self) -> tuple[charts.Point, ...]:
        return tuple(
            charts.Point(
                label=words.wrapped(point.wave, 9, 2),
                value=float(Fraction(point.mean)),
                text=words.number(point.mean, self.language, 0),
                visits=f"n{words.NO_BREAK}={words.NO_BREAK}{point.visits}",
                low=float(Fraction(point.low)) if point.low is not None else None,
                high=float(Fraction(point.high)) if point.high is not None else None,
                network=float(Fraction(point.network)) if point.network is not None else None,
                sure=point.visits >= MIN_VISITS,
            )
            for point in self.data.trend[-6:]
        )

    def _sections(self) -> tuple[SectionView, ...]:
        titles = {
            section["id"]: words.said(section.get("title"), self.language)
            for section in self.data.checklist.get("sections", ())
        }
        scores = {section["id"]: section["score"] for section in self.result["sections"]}
        found = []
        for name, rows in self.rows.by_section().items():
            score = Fraction(scores[name]) if scores.get(name) is not None else None
            sums = self.rows.sums(rows)
            found.append(
                SectionView(
                    title=titles.get(name) or name,
                    score=words.number(score, self.language) if score is not None else "",
                    band=band_of(self.bands, score) if score is not None else None,
                    possible=words.number(sums.possible, self.language),
                    lost=words.number(sums.lost, self.language),
                    bonus=words.signed(sums.bonus, self.language) if sums.bonus else "",
                    has_drop=sums.has_drop,
                    rows=rows,
                )
            )
        return tuple(found)

    def _actions(self) -> tuple[ActionView, ...]:
        return tuple(
            ActionView(
                text=action.text,
                owner=action.owner,
                due=words.day(action.due) if action.due else "",
                number=self.rows.number_of(action.question),
                overdue=action.overdue,
            )
            for action in self.data.actions
        )

    def _repeats(self) -> tuple[RepeatView, ...]:
        known = [(repeat, self.rows.by_id.get(repeat.question)) for repeat in self.data.repeats]
        return tuple(
            RepeatView(row.number, row.text, repeat.times, repeat.visits)
            for repeat, row in known
            if row is not None
        )

    def _objections(self) -> tuple[ObjectionView, ...]:
        known = [(one, self.rows.by_id.get(one.question)) for one in self.data.objections]
        outcomes = {None: "open", True: "upheld", False: "declined"}
        return tuple(
            ObjectionView(
                number=row.number,
                text=row.text,
                day=words.day(one.day),
                fact=one.fact,
                outcome=outcomes[one.upheld],
                answered=words.day(one.answered) if one.answered else "",
                reason=one.reason,
            )
            for one, row in known
            if row is not None
        )

    def _has_default_weights(self) -> bool:
        weights = {factor["id"]: Fraction(factor["weight"]) for factor in self.data.checklist["factors"]}
        if weights.keys() != DEFAULT_WEIGHTS.keys() or not weights["issue"]:
            return False
        unit = weights["issue"] / DEFAULT_WEIGHTS["issue"]
        return all(weights[name] == unit * share for name, share in DEFAULT_WEIGHTS.items())

    def _document(self) -> DocumentView:
        data = self.data
        return DocumentView(
            number=data.number,
            version=data.version,
            reason=data.reason,
            released=words.day(data.released_on),
            released_iso=data.released_on.isoformat(),
            checklist=words.said(data.checklist.get("title"), self.language),
            checklist_version=data.checklist_version,
            checklist_sha=data.checklist_sha[:10],
            sha=data.sha,
            page=data.page,
        )
