"""Every kind of aggregate against the slow way, on any input that could come."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.scoring.aggregate import KINDS, aggregate
from tests.scoring import by_hand_many
from tests.scoring.many_strategies import INPUTS
from tests.scoring.test_vectors import AGGREGATE, assert_alike

EXAMPLES = {"branches": 150, "trend": 100, "leniency": 100, "drivers": 40}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_as_by_hand(kind: str) -> None:
    @settings(max_examples=EXAMPLES.get(kind, 80), deadline=None, suppress_health_check=list(HealthCheck))
    @given(INPUTS[kind])
    def check(document: dict[str, Any]) -> None:
        assert_alike(aggregate(kind, document), by_hand_many.KINDS[kind](document), kind)

    check()


@pytest.mark.parametrize(
    "vector", AGGREGATE["vectors"], ids=lambda vector: f"{vector['kind']}-{vector['name']}"
)
def test_the_slow_way_gives_the_vectors_too(vector: dict[str, Any]) -> None:
    assert_alike(by_hand_many.KINDS[vector["kind"]](vector["input"]), vector["expected"], vector["shows"])


@pytest.mark.parametrize("kind", ["branches", "trend", "leniency", "agreement", "drivers", "nps"])
def test_the_order_of_what_is_given_does_not_matter(kind: str) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(INPUTS[kind], st.randoms(use_true_random=False))
    def check(document: dict[str, Any], random: Any) -> None:
        key = next(key for key in ("visits", "rows", "ratings") if key in document)
        rows = list(document[key])
        random.shuffle(rows)
        assert aggregate(kind, document | {key: rows}) == aggregate(kind, document)

    check()
