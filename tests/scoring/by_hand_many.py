"""Every aggregate worked out slowly, sentence by sentence from the specification, sharing no code with the product."""

from fractions import Fraction
from math import sqrt
from typing import Any

from scipy.stats import t as student

Document = dict[str, Any]
Scores = list[Fraction]

HALF_FIRST = Fraction(1, 2)


def mean_of(values: Scores) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def spread_of(values: Scores) -> Fraction:
    """Sum of squared distances from the mean."""
    return sum(((value - mean_of(values)) ** 2 for value in values), Fraction(0))


def cells_of(visits: list[Document]) -> dict[tuple[str, str], Scores]:
    cells: dict[tuple[str, str], Scores] = {}
    for visit in visits:
        cells.setdefault((visit["branch"], visit["wave"]), []).append(Fraction(visit["score"]))
    return cells


def yardstick_of(visits: list[Document]) -> tuple[Fraction | None, int]:
    """3.1: s² and ν."""
    cells = cells_of(visits).values()
    df = sum(len(scores) - 1 for scores in cells)
    return (sum((spread_of(scores) for scores in cells), Fraction(0)) / df if df else None), df


def p_of(d: Fraction, variance: Fraction, df: float) -> float:
    if variance == 0:
        return 1.0 if d == 0 else 0.0
    return float(2 * student.sf(abs(float(d)) / sqrt(variance), df))


def range_of(d: Fraction, variance: Fraction, df: float) -> tuple[float, float]:
    if variance == 0:
        return float(d), float(d)
    half = float(student.ppf(0.95, df)) * sqrt(variance)
    return float(d) - half, float(d) + half


def clipped(d: Fraction, variance: Fraction, df: float) -> tuple[float, float]:
    low, high = range_of(d, variance, df)
    return max(low, 0.0), min(high, 100.0)


def stands(p_values: list[Any]) -> list[bool]:
    """3.4, BH: with K tested, the largest k such that the k-th smallest is at most k·0.10/K."""
    tested = sorted(p for p in p_values if p is not None)
    largest = 0
    for k in range(1, len(tested) + 1):
        if tested[k - 1] <= Fraction(k, 10 * len(tested)):
            largest = k
    return [p is not None and largest > 0 and p <= tested[largest - 1] for p in p_values]


def means_in(visits: list[Document], wave: str) -> dict[str, Scores]:
    found = {branch: scores for (branch, where), scores in cells_of(visits).items() if where == wave}
    return dict(sorted(found.items()))


def branches(document: Document) -> Document:
    """3.1 to 3.4."""
    own = means_in(document["visits"], document["wave"])
    s2, df = yardstick_of(document["visits"])
    known = s2 if df >= 5 else None
    m = {b: mean_of(scores) for b, scores in own.items()}
    n = {b: len(scores) for b, scores in own.items()}
    enough = known is not None and len(own) >= 5
    tau2, theta, reliability = shrinking(m, n, known) if enough else (None, {}, {})
    places = ranking(m, n, known, tau2, theta, reliability) if enough else {}
    tests: dict[str, float | None] = dict.fromkeys(own)
    differences = {}
    for b in own if enough else []:
        others = [j for j in own if j != b]
        differences[b] = m[b] - mean_of([m[j] for j in others])
        variance = known * (Fraction(1, n[b]) + sum(Fraction(1, n[j]) for j in others) / len(others) ** 2)
        tests[b] = p_of(differences[b], variance, df) if n[b] >= 3 else None
    found = dict(zip(own, stands(list(tests.values())), strict=True))
    rows = []
    for b in own:
        low, high = (None, None) if known is None else clipped(m[b], known / n[b], df)
        rank = places.get(b, (None, None, None))
        row = {"branch": b, "n": n[b], "mean": float(m[b]), "low": low, "high": high}
        row |= {"reliability": float(reliability[b]) if enough else None}
        row |= {"shrunk": float(theta[b]) if enough else None, "p": tests[b]}
        row |= {"rank": rank[0], "rank_low": rank[1], "rank_high": rank[2]}
        rows.append(row | {"flag": ("above" if differences[b] > 0 else "below") if found[b] else ""})
    return {
        "s": None if s2 is None else sqrt(s2),
        "df": df,
        "tau": None if tau2 is None else sqrt(tau2),
        "network": network(document, m, n, known, df),
        "branches": rows,
    }


def network(document: Document, m: Any, n: Any, s2: Fraction | None, df: int) -> Document:
    """3.2."""
    u = {b: Fraction(document.get("weights", {}).get(b, 1)) for b in m}
    whole = sum(u.values(), Fraction(0))
    if whole == 0:
        return {"mean": None, "low": None, "high": None}
    centre = sum((u[b] * m[b] for b in m), Fraction(0)) / whole
    f = Fraction(len(m), document.get("total_branches", len(m)))
    if s2 is None or (f < 1 and len(m) < 5):
        return {"mean": float(centre), "low": None, "high": None}
    variance = f * s2 * sum(u[b] ** 2 / n[b] for b in m) / whole**2
    if f < 1:
        between = spread_of(list(m.values())) / (len(m) - 1)
        variance += (1 - f) * between * sum(u[b] ** 2 for b in m) / whole**2
    low, high = clipped(centre, variance, df if f == 1 else len(m) - 1)
    return {"mean": float(centre), "low": low, "high": high}


def shrinking(m: Any, n: Any, s2: Fraction) -> tuple[Fraction, Any, Any]:
    """3.3: τ², θ, R."""
    count, whole = len(m), sum(n.values())
    centre = sum((n[b] * m[b] for b in m), Fraction(0)) / whole
    msb = sum((n[b] * (m[b] - centre) ** 2 for b in m), Fraction(0)) / (count - 1)
    n0 = (whole - Fraction(sum(n[b] ** 2 for b in m), whole)) / (count - 1)
    tau2 = max(Fraction(0), (msb - s2) / n0)
    if s2 == 0:
        return tau2, m, dict.fromkeys(m, Fraction(1))
    weight = {b: 1 / (tau2 + s2 / n[b]) for b in m}
    mu = sum(m[b] * weight[b] for b in m) / sum(weight.values())
    reliability = {b: tau2 / (tau2 + s2 / n[b]) for b in m}
    return tau2, {b: mu + reliability[b] * (m[b] - mu) for b in m}, reliability


def ranking(m: Any, n: Any, s2: Fraction, tau2: Fraction, theta: Any, reliability: Any) -> Any:
    """3.3: rank, and from where to where, pair by pair."""
    ranked = [b for b in m if n[b] >= 3]
    if len(ranked) < 5:
        return {}

    def above(i: str, j: str) -> bool:
        noise = reliability[i] * s2 / n[i] + reliability[j] * s2 / n[j]
        return bool(theta[i] > theta[j] and (theta[i] - theta[j]) ** 2 > noise)

    shown = {b: one_decimal(theta[b]) for b in ranked}
    return {
        b: (
            None if tau2 == 0 else 1 + sum(shown[j] > shown[b] for j in ranked),
            1 + sum(above(j, b) for j in ranked),
            len(ranked) - sum(above(b, j) for j in ranked),
        )
        for b in ranked
    }


def one_decimal(value: Fraction) -> Fraction:
    """1.8: half away from zero."""
    size = int(abs(value) * 10 + HALF_FIRST)
    return Fraction(size if value > 0 else -size, 10)


def compare(document: Document) -> Document:
    """3.4, second row."""
    a, b = ([Fraction(score) for score in document[key]] for key in "ab")
    result = {"diff": None, "low": None, "high": None, "p": None, "verdict": "too_few"}
    if not a or not b:
        return result
    d = mean_of(a) - mean_of(b)
    result["diff"] = float(d)
    if document["s2"] is None or document["df"] < 5:
        return result
    variance = Fraction(document["s2"]) * (Fraction(1, len(a)) + Fraction(1, len(b)))
    result["low"], result["high"] = range_of(d, variance, document["df"])
    if len(a) >= 3 and len(b) >= 3:
        p = p_of(d, variance, document["df"])
        result["p"] = p
        result["verdict"] = "unclear" if p > 0.1 else "higher" if d > 0 else "lower"
    return result


def trend(document: Document) -> Document:
    """3.4, third and fourth rows."""
    old, new = (means_in(document["visits"], document[key]) for key in ("from", "to"))
    s2, df = yardstick_of(document["visits"])
    both = [b for b in old if b in new]
    d = {b: mean_of(new[b]) - mean_of(old[b]) for b in both}
    rows = []
    for b in both:
        row = {"branch": b, "diff": float(d[b]), "low": None, "high": None, "p": None}
        if s2 is not None and df >= 5:
            variance = s2 * (Fraction(1, len(old[b])) + Fraction(1, len(new[b])))
            row["low"], row["high"] = range_of(d[b], variance, df)
            if min(len(old[b]), len(new[b])) >= 3:
                row["p"] = p_of(d[b], variance, df)
        rows.append(row)
    for row, found in zip(rows, stands([row["p"] for row in rows]), strict=True):
        row["flag"] = ("up" if row["diff"] > 0 else "down") if found else ""
    whole = {"branches": len(both), "diff": None, "low": None, "high": None, "p": None, "verdict": "too_few"}
    if len(both) >= 5:
        change = mean_of(list(d.values()))
        variance = spread_of(list(d.values())) / (len(both) - 1) / len(both)
        p = p_of(change, variance, len(both) - 1)
        low, high = range_of(change, variance, len(both) - 1)
        verdict = "unclear" if p > 0.1 else "up" if change > 0 else "down"
        whole |= {"diff": float(change), "low": low, "high": high, "p": p, "verdict": verdict}
    return {"network": whole, "branches": rows}


def nps(document: Document) -> Document:
    """3.6."""
    ratings = [int(rating) for rating in document["ratings"]]
    n, up = len(ratings), len([r for r in ratings if r in (9, 10)])
    middle, down = len([r for r in ratings if r in (7, 8)]), len([r for r in ratings if r <= 6])
    result: Document = {"n": n, "promoters": up, "passives": middle, "detractors": down}
    if n < 10:
        return result | {"nps": None, "low": None, "high": None}
    p, q = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3)
    half = 1.645 * sqrt((p + q - (p - q) ** 2) / (n + 3))
    low, high = max(-100.0, 100 * (p - q - half)), min(100.0, 100 * (p - q + half))
    return result | {"nps": 100 * (up - down) / n, "low": low, "high": high}


def share(document: Document) -> Document:
    """3.6, Wilson's: the shares that are just 1.645 standard errors away, by halving."""
    k, n = document["k"], document["n"]
    if n < 10:
        return {"k": k, "n": n, "share": None, "low": None, "high": None}

    def away(share: float) -> bool:
        return (k / n - share) ** 2 > 1.645**2 * share * (1 - share) / n

    ends = []
    for outside in (0.0, 1.0):
        inside = k / n
        if not away(outside) and k / n == outside:
            ends.append(outside)
            continue
        for _ in range(200):
            half = (outside + inside) / 2
            inside, outside = (inside, half) if away(half) else (half, outside)
        ends.append(inside)
    return {"k": k, "n": n, "share": k / n, "low": ends[0], "high": ends[1]}


def agreement(document: Document) -> Document:
    """3.5, pair by pair."""
    shares = []
    for question in {question for visit in document["visits"] for question in visit}:
        given = [visit.get(question) for visit in document["visits"]]
        credits = [Fraction(credit) for credit in given if credit is not None]
        pairs = [(a, b) for place, a in enumerate(credits) for b in credits[:place]]
        if pairs:
            shares.append(Fraction(sum(a == b for a, b in pairs), len(pairs)))
    return {"questions": len(shares), "agreement": float(mean_of(shares)) if shares else None}


def leniency(document: Document) -> Document:
    """5.1, visit by visit."""
    s2, df = yardstick_of(document["visits"])
    left, settled = list(document["visits"]), []
    while True:
        rows, sizes = [], {}
        for name in sorted({visit["shopper"] for visit in left}):
            weights, pulls, k_all = Fraction(0), Fraction(0), 0
            for visit in [visit for visit in left if visit["shopper"] == name]:
                others = [
                    Fraction(other["score"])
                    for other in left
                    if other["shopper"] != name
                    and (other["branch"], other["wave"]) == (visit["branch"], visit["wave"])
                ]
                if others:
                    k_all += 1
                    weight = Fraction(len(others), len(others) + 1)
                    weights += weight
                    pulls += weight * (Fraction(visit["score"]) - mean_of(others))
            row = {"shopper": name, "k": k_all, "leniency": None, "low": None, "high": None, "p": None}
            if k_all >= 5 and s2 is not None and df >= 5:
                points = pulls / weights
                low, high = range_of(points, s2 / weights, df)
                row |= {"leniency": float(points), "low": low, "high": high}
                row["p"] = p_of(points, s2 / weights, df)
                sizes[name] = points**2 * weights
            rows.append(row | {"flag": ""})
        found = [row for row, clear in zip(rows, stands([row["p"] for row in rows]), strict=True) if clear]
        if not found:
            return {"shoppers": sorted(settled + rows, key=lambda row: str(row["shopper"]))}
        worst = max(found, key=lambda row: sizes[row["shopper"]])
        settled.append(worst | {"flag": "lenient" if worst["leniency"] > 0 else "strict"})
        left = [visit for visit in left if visit["shopper"] != worst["shopper"]]


def drivers(document: Document) -> Document:
    """3.7."""
    rows = []
    for question in sorted({question for row in document["rows"] for question in row["credits"]}):
        known = [row for row in document["rows"] if row["credits"].get(question) is not None]
        known = [row for row in known if row["outcome"] is not None]
        full = [Fraction(row["outcome"]) for row in known if Fraction(row["credits"][question]) == 1]
        less = [Fraction(row["outcome"]) for row in known if Fraction(row["credits"][question]) < 1]
        row = {"question": question, "full": len(full), "less": len(less)}
        row |= {"gap": None, "low": None, "high": None, "p": None}
        if len(full) + len(less) >= 50 and len(full) >= 10 and len(less) >= 10:
            gap = mean_of(full) - mean_of(less)
            a = spread_of(full) / (len(full) - 1) / len(full)
            b = spread_of(less) / (len(less) - 1) / len(less)
            df = (a + b) ** 2 / (a**2 / (len(full) - 1) + b**2 / (len(less) - 1)) if a + b else Fraction(1)
            low, high = range_of(gap, a + b, float(df))
            row |= {"gap": float(gap), "low": low, "high": high, "p": p_of(gap, a + b, float(df))}
        rows.append(row)
    found = stands([row["p"] for row in rows])
    return {"questions": [row | {"clear": clear} for row, clear in zip(rows, found, strict=True)]}


def plan(document: Document) -> Document:
    """4.1; the numbers for a target by counting up to it."""
    s, tau = float(Fraction(document["s"])), float(Fraction(document["tau"]))
    many, n = document["branches"], document["visits"]
    f = many / document.get("total_branches", many)
    noise = f * s**2 / (n * many) + (1 - f) * (tau**2 + s**2 / n) / many
    result = {
        "visits": many * n,
        "branch_half_width": 1.645 * s / sqrt(n),
        "branch_change": 2.487 * s * sqrt(2 / n),
        "network_half_width": 1.645 * sqrt(noise),
        "network_change": 2.487 * s * sqrt(2 / (n * many)),
        "reliability": tau**2 / (tau**2 + s**2 / n) if s or tau else None,
    }
    exact_s, exact_tau = Fraction(document["s"]), Fraction(document["tau"])
    if "want_half_width" in document:
        h = Fraction(document["want_half_width"])
        result["visits_for_half_width"] = counted(lambda n: (Fraction("1.645") * exact_s) ** 2 <= n * h**2)
    if "want_change" in document:
        h = Fraction(document["want_change"])
        result["visits_for_change"] = counted(lambda n: 2 * (Fraction("2.487") * exact_s) ** 2 <= n * h**2)
    if "want_reliability" in document:
        wanted = Fraction(document["want_reliability"])
        result["visits_for_reliability"] = None if not exact_tau or wanted == 1 else counted(
            lambda n: exact_tau**2 >= wanted * (exact_tau**2 + exact_s**2 / n)
        )  # fmt: skip
    return result


def counted(enough: Any) -> int:
    """The smallest number of visits that is enough, which all larger ones are too."""
    few, many = 0, 1
    while not enough(many):
        few, many = many, 2 * many
    while many - few > 1:
        half = (few + many) // 2
        few, many = (few, half) if enough(half) else (half, many)
    return many


def discoveries(document: Document) -> Document:
    return {"discoveries": stands([None if p is None else Fraction(p) for p in document["p"]])}


KINDS = {
    "agreement": agreement,
    "branches": branches,
    "compare": compare,
    "discoveries": discoveries,
    "drivers": drivers,
    "leniency": leniency,
    "nps": nps,
    "plan": plan,
    "share": share,
    "trend": trend,
}
