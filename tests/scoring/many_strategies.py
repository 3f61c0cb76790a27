"""Random inputs of every kind of aggregate, plain and odd: few visits, equal scores, ties, nothing at all."""

from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]

SCORES = st.one_of(
    st.integers(0, 100),
    st.integers(60, 95),
    st.sampled_from([80, "80.0", "160/2", "200/3", "17396/283", "79.95", "80.05", "0.1", "100/7"]),
)
SMALL = st.sampled_from([0, 1, "1/2", "0.5", "1/3", 1, 0])
SIZES = st.sampled_from([0, 0, 1, 2, 3, 3, 3, 4, 4, 6])


@st.composite
def visits(draw: st.DrawFn, waves: tuple[str, ...] = ("W0", "W1", "W2"), most: int = 9) -> list[Document]:
    """Visits to a few branches; often all scores come from a short list, so that there are ties."""
    scores = SCORES
    if draw(st.integers(0, 2)) == 0:
        scores = st.sampled_from(draw(st.lists(SCORES, min_size=1, max_size=3)))
    return [
        {"branch": branch, "wave": wave, "score": draw(scores)}
        for branch in "GBAHCFDEI"[: draw(st.integers(0, most))]
        for wave in waves
        for _ in range(draw(SIZES))
    ]


@st.composite
def branches(draw: st.DrawFn) -> Document:
    rows = draw(visits())
    document: Document = {"wave": "W1", "visits": rows}
    here = {row["branch"] for row in rows if row["wave"] == "W1"}
    if draw(st.integers(0, 3)) == 0:
        weights = st.sampled_from([0, 1, 1, "1/3", "2.5", 1200])
        document["weights"] = {branch: draw(weights) for branch in "ABCDEFGHI"}
    if here and draw(st.integers(0, 3)) == 0:
        document["total_branches"] = len(here) + draw(st.integers(0, 40))
    return document


@st.composite
def trends(draw: st.DrawFn) -> Document:
    return {
        "from": "W1",
        "to": draw(st.sampled_from(["W2", "W2", "W2", "W1", "W9"])),
        "visits": draw(visits()),
    }


@st.composite
def comparisons(draw: st.DrawFn) -> Document:
    sides = st.lists(SCORES, max_size=6)
    s2 = st.one_of(st.none(), st.integers(0, 300), st.sampled_from([0, "81.5", "1/3"]))
    return {"a": draw(sides), "b": draw(sides), "s2": draw(s2), "df": draw(st.integers(0, 60))}


@st.composite
def leniencies(draw: st.DrawFn) -> Document:
    """Shoppers of whom some are far above or below the others."""
    names = ["lan", "minh", "hoa", "tu", "an"][: draw(st.integers(1, 5))]
    above = {name: draw(st.sampled_from([0, 0, 0, 9, -9, 25])) for name in names}
    spread = draw(st.sampled_from([0, 1, 4, 10]))
    rows = []
    for branch in range(draw(st.integers(0, 9))):
        for wave in ("W1", "W2"):
            for name in draw(st.lists(st.sampled_from(names), max_size=5)):
                score = 60 + above[name] + draw(st.integers(-spread, spread))
                rows.append({"branch": f"b{branch}", "wave": wave, "shopper": name, "score": score})
    return {"visits": rows}


@st.composite
def driver_rows(draw: st.DrawFn) -> Document:
    """Outcomes that follow the first question, and perhaps none at all."""
    random = draw(st.randoms(use_true_random=False))
    spread = draw(st.sampled_from([0, 1, 3]))
    asked = draw(st.sampled_from([0, 0.1, 0.5]))
    rows = []
    for _ in range(draw(st.sampled_from([0, 49, 50, 51, 60, 80]))):
        credits = {
            question: random.choice([None, 1, 0])
            if random.random() < asked
            else random.choice([1, "1.0", "1/2", 0])
            for question in ("greet", "tidy", "fast")
        }
        outcome = 5 + (2 if credits["greet"] == 1 else 0) + random.randint(-spread, spread)
        rows.append({"outcome": None if random.random() < 0.05 else outcome, "credits": credits})
    return {"rows": rows}


@st.composite
def plans(draw: st.DrawFn) -> Document:
    number = st.sampled_from([0, 5, 12, "11.7", "1/3", 30])
    document: Document = {"s": draw(number), "tau": draw(number)}
    document |= {"branches": draw(st.integers(1, 50)), "visits": draw(st.integers(1, 12))}
    if draw(st.booleans()):
        document["total_branches"] = document["branches"] + draw(st.integers(0, 200))
    wanted = {
        "want_half_width": st.sampled_from([1, 8, "3.29", "0.5"]),
        "want_change": st.sampled_from([1, 10, "24.87"]),
        "want_reliability": st.sampled_from([0, "0.5", "0.7", "9/10", 1]),
    }
    return document | {key: draw(values) for key, values in wanted.items() if draw(st.booleans())}


@st.composite
def shares(draw: st.DrawFn) -> Document:
    n = draw(st.integers(0, 60))
    return {"k": draw(st.integers(0, n)), "n": n}


CREDITS = st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), st.one_of(st.none(), SMALL))
P_VALUES = st.one_of(
    st.none(), st.sampled_from([0, "0.05", "0.1", "1/30", 1]), st.integers(0, 1000).map(lambda p: f"{p}/1000")
)
INPUTS: dict[str, st.SearchStrategy[Document]] = {
    "agreement": st.fixed_dictionaries({"visits": st.lists(CREDITS, max_size=6)}),
    "branches": branches(),
    "compare": comparisons(),
    "discoveries": st.fixed_dictionaries({"p": st.lists(P_VALUES, max_size=12)}),
    "drivers": driver_rows(),
    "leniency": leniencies(),
    "nps": st.fixed_dictionaries({"ratings": st.lists(st.integers(0, 10), max_size=25)}),
    "plan": plans(),
    "share": shares(),
    "trend": trends(),
}
