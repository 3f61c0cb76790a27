"""The scorecard's question rows: outcome, answer, points, comment and photos of each question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audit.reports import words
from audit.reports.data import ScorecardData
from audit.reports.view import Outcome, PhotoView, QuestionView
from audit.scoring.times import seconds


@dataclass(frozen=True)
class Sums:
    """Sums over some rows, as shown; `has_drop` if a knock-out took more than its question was worth."""

    lost: Fraction
    bonus: Fraction
    possible: Fraction
    has_drop: bool


class Rows:
    """All rows of one scorecard, in form order."""

    def __init__(
        self, data: ScorecardData, language: str, factors: Mapping[str, str], possible: Sequence[Fraction]
    ) -> None:
        self._data, self._language, self._factors = data, language, factors
        self._documents = {question["id"]: question for question in data.checklist["questions"]}
        self._dropped = {entry["question"] for entry in data.result["knockouts"] if Fraction(entry["drop"])}
        self._fired = {entry["question"] for entry in data.result["knockouts"]}
        self._applied = {
            entry["question"]: Fraction(entry["applied"]) for entry in data.result["adjustments"]
        }
        results = data.result["questions"]
        self._numbers = {result["id"]: number for number, result in enumerate(results, start=1)}
        self.photos = self._photos()
        self._possible = {result["id"]: points for result, points in zip(results, possible, strict=True)}
        self.by_id = {result["id"]: self._row(result) for result in results}
        self.all = tuple(self.by_id.values())

    def number_of(self, question: str | None) -> int | None:
        """The printed number of a question, if it is part of this checklist."""
        return self._numbers.get(question) if question else None

    def worst(self, count: int) -> tuple[QuestionView, ...]:
        """The questions that lost most, the largest loss first, ties in form order."""
        results = [result for result in self._data.result["questions"] if Fraction(result["lost_shown"]) > 0]
        results.sort(key=lambda result: -Fraction(result["lost"]))
        return tuple(self.by_id[result["id"]] for result in results[:count])

    def by_section(self) -> dict[str, tuple[QuestionView, ...]]:
        """Rows by section, sections by first appearance; without a section under ""."""
        found: dict[str, list[QuestionView]] = {}
        for name, row in self.by_id.items():
            found.setdefault(self._documents[name].get("section") or "", []).append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    def sums(self, rows: Sequence[QuestionView]) -> Sums:
        """What these rows lost, gained and were worth, as shown."""
        numbers = {row.number for row in rows}
        results = [
            result for result in self._data.result["questions"] if self._numbers[result["id"]] in numbers
        ]
        shown = [Fraction(result["lost_shown"]) for result in results]
        return Sums(
            lost=sum((points for points in shown if points > 0), Fraction(0)),
            bonus=-sum((points for points in shown if points < 0), Fraction(0)),
            possible=sum((self._possible[result["id"]] for result in results), Fraction(0)),
            has_drop=any(result["id"] in self._dropped for result in results),
        )

    def _photos(self) -> tuple[PhotoView, ...]:
        """Those of questions that were asked, each numbered as in the stored list.

        Scorecards from before hidden questions lost their photos keep the numbers that their paper has.
        """
        hidden = {result["id"] for result in self._data.result["questions"] if result["state"] == "hidden"}
        ordered = sorted(
            (photo for photo in self._data.photos if photo.question in self._numbers),
            key=lambda photo: self._numbers[photo.question],
        )
        return tuple(
            PhotoView(
                place=place,
                key=photo.key,
                number=self._numbers[photo.question],
                question=self._text(self._documents[photo.question]),
                caption=photo.caption,
            )
            for place, photo in enumerate(ordered)
            if photo.question not in hidden
        )

    def _text(self, document: Mapping[str, Any]) -> str:
        return words.said(document.get("text"), self._language) or str(document["id"])

    def _row(self, result: Mapping[str, Any]) -> QuestionView:
        name = result["id"]
        document, answer = self._documents[name], self._data.answers.get(name, {})
        lost, possible = Fraction(result["lost_shown"]), self._possible[name]
        outcome = self._outcome(result)
        said, key = self._answer(document, answer) if result["state"] == "answered" else ("", "")
        comment = str(answer.get("comment") or "").strip() if result["state"] != "hidden" else ""
        if document["type"] == "text" and result["state"] == "answered":
            comment = str(answer["value"]).strip()
        return QuestionView(
            id=name,
            number=self._numbers[name],
            text=self._text(document),
            factor=self._factors.get(document.get("factor", ""), ""),
            outcome=outcome,
            answer=said,
            answer_key=key,
            possible=words.number(possible, self._language) if possible else "",
            lost=words.signed(-lost, self._language) if lost else "",
            is_loss=lost > 0,
            is_knockout=name in self._fired,
            comment=comment,
            photos=tuple(photo for photo in self.photos if photo.number == self._numbers[name]),
        )

    def _outcome(self, result: Mapping[str, Any]) -> Outcome:
        state = result["state"]
        if state in ("na", "hidden", "blank"):
            return state  # type: ignore[no-any-return] # the three are outcomes as they stand
        if result["id"] in self._applied:
            points = self._applied[result["id"]]
            return "noted" if not points else "full" if points > 0 else "none"
        scored = Fraction(result["possible"]) > 0 or result["id"] in self._fired
        if result["credit"] is None or not scored:
            return "noted"
        return {"1": "full", "0": "none"}.get(result["credit"], "part")  # type: ignore[return-value]

    def _answer(self, document: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, str]:
        """The answer in words: (text, "") or (number or "", key of a word to translate)."""
        kind: str = document["type"]
        value: Any = answer.get("value")
        if kind == "yesno":
            # "Met" says it already, unless the good answer is no or nothing was scored.
            speaks = document.get("good", "yes") == "no" or not self._possible[document["id"]]
            return "", str(value) if speaks else ""
        if kind == "single":
            return self._options(document, [value]), ""
        if kind == "multi":
            return (self._options(document, value), "") if value else ("", "none_of_these")
        if kind == "scale":
            return f"{value} / {document['max']}", ""
        if kind == "number":
            return words.short(value, self._language), ""
        if kind == "duration":
            return words.short(_minutes(value), self._language), "minutes"
        return "", ""

    def _options(self, document: Mapping[str, Any], chosen: Sequence[str]) -> str:
        titles = {
            option["id"]: words.said(option.get("text"), self._language) or option["id"]
            for option in document["options"]
        }
        return "; ".join(titles[name] for name in chosen)


def _minutes(span: Mapping[str, Any]) -> Fraction:
    return Fraction((seconds(span["end"]) or 0) - (seconds(span["start"]) or 0), 60)
