"""The thresholds of the flags: defaults of scoring.md 5.2, a client's own, and what is refused."""

import pytest

from audit.branches import limits
from audit.errors import Invalid

DESIGN = {
    "too_fast_minutes": 5,
    "too_fast_percent": 40,
    "too_fast_visits": 10,
    "far_metres": 200,
    "very_far_metres": 1_600,
    "no_fix_metres": 100,
    "exif_minutes": 15,
    "alike_bits": 4,
    "alike_same_bits": 2,
    "same_losses": 3,
    "same_letters": 40,
    "trip_speed": 120,
    "outlier_times": 3,
    "outlier_others": 2,
    "late_hours": 24,
}


def test_without_anything_stored_the_limits_are_those_of_the_design() -> None:
    assert limits.read(None) == DESIGN


def test_a_clients_own_lies_over_the_defaults_and_the_rest_stays() -> None:
    assert limits.read({"far_metres": 300}) == {**DESIGN, "far_metres": 300}


def test_a_name_that_no_flag_knows_is_left_out() -> None:
    assert limits.read({"gone": 1}) == DESIGN


def test_only_what_differs_is_stored() -> None:
    assert limits.check({**DESIGN, "late_hours": 48, "far_metres": None}) == {"late_hours": 48}
    assert limits.check(dict(DESIGN)) is None


@pytest.mark.parametrize("limit", limits.FIELDS, ids=lambda limit: limit.name)
def test_each_limit_has_bounds_around_its_default(limit: limits.Limit) -> None:
    assert limit.least <= limit.default <= limit.most
    for wrong in (limit.least - 1, limit.most + 1, "7", True, 1.5):
        with pytest.raises(Invalid) as refused:
            limits.check({limit.name: wrong})  # type: ignore[dict-item]
        assert refused.value.details["field"] == limit.name


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"far_metres": 2_000}, "very_far_metres"),
        ({"alike_same_bits": 5}, "alike_same_bits"),
        ({"nonsense": 5}, "nonsense"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(wanted: dict[str, int], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        limits.check(wanted)
    assert refused.value.details["field"] == field
