"""One visit scored slowly, sentence by sentence from the specification, sharing no code with the product."""

import re
from datetime import datetime
from fractions import Fraction
from math import floor
from typing import Any

Document = dict[str, Any]


def credit_of(q: Document, value: Any) -> Fraction | None:
    """1.5."""
    points = {option["id"]: Fraction(option.get("points", 0)) for option in q.get("options", [])}
    if q["type"] == "yesno":
        return Fraction(int(value == q.get("good", "yes")))
    if q["type"] == "scale":
        return Fraction(value - q["min"], q["max"] - q["min"])
    if q["type"] == "single":
        best, worst, got = max(points.values()), min(min(points.values()), Fraction(0)), points[value]
    elif q["type"] == "multi":
        best = sum((max(p, Fraction(0)) for p in points.values()), Fraction(0))
        worst = sum((min(p, Fraction(0)) for p in points.values()), Fraction(0))
        got = sum((points[tick] for tick in value), Fraction(0))
    elif q["type"] in ("number", "duration") and "bands" in q:
        if q["type"] == "duration":
            ends = [datetime.fromisoformat(re.sub("Z$", "+00:00", value[key])) for key in ("start", "end")]
            number = Fraction(int((ends[1] - ends[0]).total_seconds()), 60)
        else:
            number = Fraction(value)
        for band in q["bands"]:
            if "upto" in band and number > Fraction(band["upto"]):
                continue
            if "below" in band and number >= Fraction(band["below"]):
                continue
            return Fraction(band["credit"])
        raise AssertionError("the last band takes the rest")
    else:
        return None
    return None if best == worst else (got - worst) / (best - worst)


def states_of(checklist: Document, answers: Document) -> dict[str, str]:
    """1.4."""
    states: dict[str, str] = {}
    for q in checklist["questions"]:
        answer = answers.get(q["id"], {})
        rule = q.get("show_if")
        if rule:
            value = answers.get(rule["q"], {}).get("value")
            seen = value if isinstance(value, list) else [value]
            if states[rule["q"]] != "answered" or not any(one in rule["in"] for one in seen):
                states[q["id"]] = "hidden"
                continue
        if answer.get("na"):
            states[q["id"]] = "na"
        elif answer.get("photos", 0) >= 1 if q["type"] == "photo" else answer.get("value", "") != "":
            states[q["id"]] = "answered"
        else:
            states[q["id"]] = "blank"
    return states


def weight_of(q: Document) -> Fraction:
    """1.3."""
    default = 0 if q["type"] in ("text", "photo") or "adjust" in q else 1
    return Fraction(q.get("weight", default))


def result_of(checklist: Document, answers: Document) -> Document:
    """1.6 and 1.7, for documents without errors."""
    questions = {q["id"]: q for q in checklist["questions"]}
    states = states_of(checklist, answers)
    answered = [id_ for id_ in questions if states[id_] == "answered"]
    credits = {id_: credit_of(questions[id_], answers[id_].get("value")) for id_ in answered}
    missing = []
    for id_, q in questions.items():
        if states[id_] == "blank" and q.get("required", q["type"] != "text"):
            missing.append(id_)
        if states[id_] == "answered" and answers[id_].get("photos", 0) == 0:
            credit = credits[id_]
            lossy = credit is not None and credit < 1
            if q.get("photo") == "always" or (q.get("photo") == "on_loss" and lossy):
                missing.append(id_ + ":photo")
    if missing:
        return {"status": "incomplete", "missing": missing}

    w = {f["id"]: Fraction(f["weight"]) for f in checklist["factors"]}
    a = [id_ for id_ in answered if weight_of(questions[id_]) > 0]
    inside = {f: [id_ for id_ in a if questions[id_]["factor"] == f] for f in w}
    v = {f: sum((weight_of(questions[id_]) for id_ in inside[f]), Fraction(0)) for f in w}
    v_all = {
        f: sum((weight_of(q) for q in questions.values() if q.get("factor") == f), Fraction(0)) for f in w
    }
    total = sum((w[f] for f in w if v[f] > 0), Fraction(0))
    if total == 0:
        return {"status": "not_scorable"}
    p = {f: 100 * w[f] / total if v[f] > 0 else Fraction(0) for f in w}
    possible = {
        id_: p[questions[id_]["factor"]] * weight_of(questions[id_]) / v[questions[id_]["factor"]]
        if id_ in a
        else Fraction(0)
        for id_ in questions
    }
    s = {
        f: 100 * sum((weight_of(questions[i]) * credits[i] for i in inside[f]), Fraction(0)) / v[f]
        if v[f] > 0
        else None
        for f in w
    }
    lost = {id_: possible[id_] * (1 - (credits.get(id_) or 0)) for id_ in questions}
    fired = [id_ for id_ in answered if "knockout" in questions[id_] and credits[id_] == 0]
    acting = sorted(fired, key=lambda id_: -Fraction(questions[id_]["knockout"].get("cap", 0)))
    rows = []
    for f in w:
        for id_ in acting:
            rule = questions[id_]["knockout"]
            if rule["scope"] == "factor" and questions[id_]["factor"] == f:
                cap, drop = Fraction(rule.get("cap", 0)), Fraction(0)
                if s[f] is not None and s[f] > cap:
                    drop = (s[f] - cap) * p[f] / 100
                    s[f] = cap
                lost[id_] += drop
                rows.append({"question": id_, "scope": "factor", "cap": str(cap), "drop": str(drop)})
    before = sum((p[f] * s[f] / 100 for f in w if s[f] is not None), Fraction(0))

    asked = {}
    for id_ in answered:
        if "adjust" in questions[id_]:
            adjust = Fraction(questions[id_]["adjust"])
            asked[id_] = adjust * credits[id_] if adjust > 0 else adjust * (1 - credits[id_])
    up = sum((x for x in asked.values() if x > 0), Fraction(0))
    down = -sum((x for x in asked.values() if x < 0), Fraction(0))
    excess, shortfall = before + up - down - 100, -(before + up - down)
    applied = dict(asked)
    for id_, x in asked.items():
        if excess > 0 and x > 0:
            applied[id_] = x * (up - excess) / up
        if shortfall > 0 and x < 0:
            applied[id_] = x * (down - shortfall) / down
        lost[id_] -= applied[id_]
    before += sum(applied.values(), Fraction(0))
    overall = before
    for id_ in acting:
        rule = questions[id_]["knockout"]
        if rule["scope"] == "visit":
            cap = Fraction(rule.get("cap", 0))
            drop = max(Fraction(0), overall - cap)
            overall -= drop
            lost[id_] += drop
            rows.append({"question": id_, "scope": "visit", "cap": str(cap), "drop": str(drop)})

    taking = [f for f in w if v_all[f] > 0]
    coverage = sum((w[f] * v[f] / v_all[f] for f in taking), Fraction(0)) / sum(
        (w[f] for f in taking), Fraction(0)
    )
    sections = []
    for name in dict.fromkeys(q["section"] for q in questions.values() if "section" in q):
        ids = [id_ for id_, q in questions.items() if q.get("section") == name]
        points = sum((possible[id_] for id_ in ids), Fraction(0))
        earned = sum((possible[id_] * credits[id_] for id_ in ids if possible[id_]), Fraction(0))
        reached = str(100 * earned / points) if points else None
        sections.append({"id": name, "possible": str(points), "score": reached})
    flags = ["low_coverage"] if coverage < Fraction(1, 2) else []
    flags += ["bonus_limited"] if excess > 0 else []
    flags += ["penalty_limited"] if shortfall > 0 else []
    flags += [f"ignored:{id_}" for id_ in questions if states[id_] == "hidden" and answers.get(id_)]
    shown, overall_shown = shown_of(lost, overall)
    return {
        "status": "scored",
        "overall": str(overall),
        "overall_shown": overall_shown,
        "before_knockouts": str(before),
        "coverage": str(coverage),
        "factors": [
            {"id": f, "possible": str(p[f]), "score": None if s[f] is None else str(s[f])} for f in w
        ],
        "sections": sections,
        "questions": [
            {
                "id": id_,
                "state": states[id_],
                "credit": None if credits.get(id_) is None else str(credits[id_]),
                "possible": str(possible[id_]),
                "lost": str(lost[id_]),
                "lost_shown": shown[id_],
            }
            for id_ in questions
        ],
        "knockouts": rows,
        "adjustments": [
            {"question": id_, "asked": str(asked[id_]), "applied": str(applied[id_])} for id_ in asked
        ],
        "flags": flags,
    }


def shown_of(lost: dict[str, Fraction], overall: Fraction) -> tuple[dict[str, str], str]:
    """1.8."""
    rounded = Fraction(floor(overall * 10 + Fraction(1, 2)), 10)
    tenths = {id_: Fraction(floor(x * 10), 10) for id_, x in lost.items()}
    order = sorted(lost, key=lambda id_: lost[id_] - tenths[id_], reverse=True)
    for id_ in [id_ for id_ in order if lost[id_] != 0]:
        if sum(tenths.values()) < 100 - rounded:
            tenths[id_] += Fraction(1, 10)
    return {id_: f"{float(x):.1f}" for id_, x in tenths.items()}, f"{float(rounded):.1f}"
