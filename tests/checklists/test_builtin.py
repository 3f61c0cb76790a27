"""The three built-in checklists: complete in both languages, scorable, and fair to a perfect branch."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest

from audit.scoring.checking import publishing_problems
from audit.scoring.visit import score

Doc = dict[str, Any]

CHANNELS = {"retail": "visit", "bank": "visit", "enquiry": "enquiry"}
COUNTS = {"retail": (43, 47), "bank": (43, 47), "enquiry": (23, 27)}
WEIGHTS = [("issue", 79), ("attitude", 69), ("convenience", 56), ("consistency", 50), ("speed", 29)]
PHASES = {
    "before": {"before"},
    "during": {
        *("arrival", "inside", "advice", "checkout", "exchange"),
        *("hall", "counter", "difficult", "contact", "conversation"),
    },
    "after": {"leaving", "closing", "after"},
}
MARKED = re.compile("[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE)
# Words that do not exist in Vietnamese without their marks.
BARE = re.compile(
    r"\b(khong|nhan|vien|duoc|cua|nguoi|hoac|truoc|giay|diem|muc|nhung|tren|mot|phai|thi|gio|viec|tra loi)\b",
    re.IGNORECASE,
)


@pytest.fixture(params=CHANNELS)
def name(request: pytest.FixtureRequest) -> str:
    """The file's name without its ending."""
    return str(request.param)


@pytest.fixture
def doc(name: str) -> Doc:
    """The document as shipped."""
    return load(name)


def load(name: str) -> Doc:
    """One built-in document."""
    text = files("audit").joinpath("checklists", "builtin", f"{name}.json").read_text(encoding="utf-8")
    document: Doc = json.loads(text)
    return document


def bilingual(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object that carries a language, with its path."""
    if isinstance(value, dict):
        if value.keys() & {"vi", "en"}:
            yield path, value
            return
        for key, inner in value.items():
            yield from bilingual(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from bilingual(inner, f"{path}[{place}]")


def is_weighted(question: Doc) -> bool:
    """Whether the question carries a share of its factor."""
    rest = 0 if question["type"] in ("text", "photo") or "adjust" in question else 1
    return bool(question.get("weight", rest))


def band_value(question: Doc, best: bool) -> Fraction:
    """A number or minutes that falls into the best or the worst band."""
    bands = question["bands"]
    credits = [Fraction(band["credit"]) for band in bands]
    place = credits.index(max(credits) if best else min(credits))
    band = bands[place]
    if "upto" in band:
        return Fraction(band["upto"])
    if "below" in band:
        floor = bands[place - 1] if place else {}
        return Fraction(floor.get("below", floor.get("upto", 0)))
    last = bands[place - 1]
    return Fraction(last.get("upto", last.get("below"))) + 1


def value_of(question: Doc, best: bool) -> Any:
    """The best or the worst answer a question takes."""
    kind = question["type"]
    if kind == "yesno":
        good = question.get("good", "yes")
        return good if best else {"yes": "no", "no": "yes"}[good]
    if kind == "single":
        pick = max if best else min
        return pick(question["options"], key=lambda option: option.get("points", 0))["id"]
    if kind == "multi":
        return [option["id"] for option in question["options"] if (option["points"] > 0) == best]
    if kind == "scale":
        return question["max" if best else "min"]
    if kind == "number":
        return str(band_value(question, best))
    if kind == "duration":
        start = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)
        end = start + timedelta(seconds=int(band_value(question, best) * 60))
        return {"start": start.isoformat(), "end": end.isoformat()}
    return "Quầy gọn gàng."


def answer_all(document: Doc, best: bool, fixed: dict[str, Any] | None = None) -> Doc:
    """Answers to everything, at its best or worst; `fixed` sets single values."""
    answers: Doc = {}
    for question in document["questions"]:
        answer: Doc = {"photos": 1}
        if question["type"] != "photo":
            answer["value"] = (fixed or {}).get(question["id"], value_of(question, best))
        answers[question["id"]] = answer
    return answers


def gates(document: Doc) -> list[tuple[str, str]]:
    """Every unscored question that opens others, with each of its values."""
    by_id = {question["id"]: question for question in document["questions"]}
    parents = {question["show_if"]["q"] for question in document["questions"] if "show_if" in question}
    found = []
    for parent in sorted(parents):
        if not is_weighted(by_id[parent]):
            options = by_id[parent].get("options", [{"id": "yes"}, {"id": "no"}])
            found += [(parent, option["id"]) for option in options]
    return found


def test_can_be_published_as_it_is(doc: Doc) -> None:
    assert publishing_problems(doc) == []


def test_has_the_announced_size_and_channel(name: str, doc: Doc) -> None:
    low, high = COUNTS[name]
    assert low <= len(doc["questions"]) <= high
    assert doc["channel"] == CHANNELS[name]


def test_factor_weights_are_the_published_poll(doc: Doc) -> None:
    assert [(factor["id"], factor["weight"]) for factor in doc["factors"]] == WEIGHTS


def test_every_text_is_there_in_both_languages(doc: Doc) -> None:
    texts = list(bilingual(doc))
    assert len(texts) > 2 * len(doc["questions"])
    for path, text in texts:
        assert set(text) == {"vi", "en"}, path
        assert all(isinstance(words, str) and words.strip() == words != "" for words in text.values()), path
        assert text["vi"] != text["en"], path


def test_every_question_says_what_it_asks_and_what_counts(doc: Doc) -> None:
    for question in doc["questions"]:
        assert "text" in question
        assert "help" in question, question["id"]
        assert ("labels" in question) == (question["type"] == "scale"), question["id"]
        assert ("unit" in question) == (question["type"] == "number"), question["id"]
        assert all("text" in option for option in question.get("options", [])), question["id"]


def test_languages_are_not_mixed_up(doc: Doc) -> None:
    for path, text in bilingual(doc):
        assert not MARKED.search(text["en"]), path
        assert not BARE.search(text["vi"]), path
        if len(text["vi"].split()) > 2:
            assert MARKED.search(text["vi"]), path


def test_text_is_in_composed_form(doc: Doc) -> None:
    raw = json.dumps(doc, ensure_ascii=False)
    assert unicodedata.is_normalized("NFC", raw)
    assert "\ufffd" not in raw


def test_ids_are_unique_and_readable(doc: Doc) -> None:
    for part in ("factors", "sections", "questions"):
        ids = [item["id"] for item in doc[part]]
        assert [one for one, times in Counter(ids).items() if times > 1] == []
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", one) for one in ids)
    texts = Counter(question["text"]["vi"] for question in doc["questions"])
    assert max(texts.values()) == 1


def test_sections_follow_the_whole_journey(doc: Doc) -> None:
    sections = [section["id"] for section in doc["sections"]]
    asked = [question["section"] for question in doc["questions"]]
    assert list(dict.fromkeys(asked)) == sections
    assert asked == sorted(asked, key=sections.index)
    for phase, places in PHASES.items():
        assert sum(section in places for section in asked) >= 2, phase
    assert set(sections) <= set().union(*PHASES.values())


def test_every_factor_is_measured_by_enough_questions(name: str, doc: Doc) -> None:
    weighted = Counter(question["factor"] for question in doc["questions"] if is_weighted(question))
    least = {"issue": 6, "speed": 3} if name != "enquiry" else {"issue": 5}
    for factor, _ in WEIGHTS:
        assert weighted[factor] >= least.get(factor, 3 if name == "enquiry" else 5), factor
    assert weighted["speed"] <= 5


def test_every_way_of_asking_is_used(name: str, doc: Doc) -> None:
    kinds = Counter(question["type"] for question in doc["questions"])
    assert set(kinds) == {"yesno", "single", "multi", "scale", "number", "duration", "text", "photo"}
    assert kinds.most_common(1)[0][0] == "yesno"
    if name != "enquiry":
        assert 2 * kinds["yesno"] > kinds.total()
        assert 2 <= kinds["photo"] <= 4
        assert any(question.get("photo") == "on_loss" for question in doc["questions"])
    assert any("show_if" in question for question in doc["questions"])
    assert any(question.get("na") for question in doc["questions"])
    assert 1 <= sum("adjust" in question for question in doc["questions"]) <= 2


def test_problem_lists_start_at_full_credit(doc: Doc) -> None:
    for question in doc["questions"]:
        if question["type"] == "multi":
            assert all(option["points"] < 0 for option in question["options"]), question["id"]


def test_knock_outs_are_few(doc: Doc) -> None:
    scopes = Counter(question["knockout"]["scope"] for question in doc["questions"] if "knockout" in question)
    assert scopes["visit"] == 1
    assert 1 <= scopes["factor"] <= 2


def test_outcome_ratings_carry_no_weight(doc: Doc) -> None:
    ratings = {question["kind"]: question for question in doc["questions"] if "kind" in question}
    assert set(ratings) == {"nps", "csat"}
    assert (ratings["nps"]["min"], ratings["nps"]["max"]) == (0, 10)
    assert (ratings["csat"]["min"], ratings["csat"]["max"]) == (1, 5)
    assert not any(is_weighted(question) or "factor" in question for question in ratings.values())


def test_nobody_is_asked_for_a_name(doc: Doc) -> None:
    asks = re.compile(r"(what|which|write|note|state).*\bname\b|tên .*là gì|ghi (lại )?tên", re.IGNORECASE)
    for question in doc["questions"]:
        assert not asks.search(question["text"]["en"] + question["text"]["vi"]), question["id"]
    assert "Không ghi tên nhân viên" in doc["brief"]["vi"]


@pytest.mark.parametrize(("name", "gate", "value"), [(n, *gate) for n in CHANNELS for gate in gates(load(n))])
def test_a_perfect_visit_scores_100_whatever_the_shopper_came_across(
    name: str, gate: str, value: str
) -> None:
    document = load(name)
    result = score(document, answer_all(document, best=True, fixed={gate: value}))
    assert result["status"] == "scored"
    assert result["overall"] == "100"
    assert not result["knockouts"]


def test_the_worst_visit_scores_0_and_every_loss_has_a_place(doc: Doc) -> None:
    result = score(doc, answer_all(doc, best=False))
    assert (result["status"], result["overall"]) == ("scored", "0")
    assert sum(Fraction(question["lost"]) for question in result["questions"]) == 100


def test_each_knock_out_fires_alone(doc: Doc) -> None:
    for question in doc["questions"]:
        if "knockout" not in question:
            continue
        fixed = {question["id"]: value_of(question, best=False)}
        parent = question.get("show_if")
        if parent and parent["q"] != "reached":
            fixed[parent["q"]] = parent["in"][0]
        result = score(doc, answer_all(doc, best=True, fixed=fixed))
        assert [knockout["question"] for knockout in result["knockouts"]] == [question["id"]]
        cap = Fraction(question["knockout"].get("cap", 0))
        if question["knockout"]["scope"] == "visit":
            assert Fraction(result["overall"]) == cap
        else:
            capped = {factor["id"]: Fraction(factor["score"]) for factor in result["factors"]}
            assert capped[question["factor"]] <= cap


def test_an_enquiry_nobody_answered_scores_0_and_asks_only_what_can_be_known() -> None:
    document = load("enquiry")
    result = score(document, answer_all(document, best=True, fixed={"reached": "never"}))
    assert result["overall"] == "0"
    shown = {question["id"] for question in result["questions"] if question["state"] != "hidden"}
    known = {"contact_found", "photo_contact", "reached", "attempts_note", "csat", "nps", "comment"}
    assert shown == known


def test_a_loss_on_cleanliness_needs_its_photo() -> None:
    document = load("retail")
    answers = answer_all(document, best=True, fixed={"floor_dirty": "yes"})
    answers["floor_dirty"]["photos"] = 0
    assert score(document, answers) == {"status": "incomplete", "missing": ["floor_dirty:photo"]}
