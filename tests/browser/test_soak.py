"""Three seeds of the random test; `make soak SEEDS=1000` runs as many as one likes."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser import soak, soak_plan
from tests.browser.field import Field


# A reply lost, answered by an error, or cut off at the submission; kills, two tabs and another phone in each.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 4, 6])
def test_whatever_happens_everything_arrives_once(
    seed: int, field: Field, driver: Playwright, tmp_path: Path
) -> None:
    soak.run(seed, field, driver, tmp_path)


def test_a_seed_makes_the_same_plan_again() -> None:
    assert soak_plan.plan(17) == soak_plan.plan(17) != soak_plan.plan(18)
