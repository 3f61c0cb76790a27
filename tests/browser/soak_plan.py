"""What happens to a visit in the random test: a seed makes the whole plan."""

import dataclasses
import random
from typing import Any

STEPS = 24
BOOTS = 2  # starting a browser takes seconds
TROUBLES = 6  # after the submission
WEIGHTS = {
    "answer": 22,
    "comment": 4,
    "photo": 6,
    "unphoto": 3,
    "reload": 5,
    "kill": 4,
    "killed": 2,
    "renderer": 3,
    "tab": 3,
    "both": 3,
    "elsewhere": 3,
    "weather": 7,
    "nap": 4,
    "submit": 2,
    "reopen": 1,
}
AFTER = {"reload": 3, "kill": 3, "renderer": 2, "tab": 1, "weather": 5, "nap": 2, "reopen": 2, "submit": 3}


@dataclasses.dataclass(frozen=True)
class Step:
    """What to do, and two numbers from 0 to 1 that choose where and how."""

    name: str
    where: float
    how: float

    def __str__(self) -> str:
        return f"{self.name}({self.where:.3f}, {self.how:.3f})"

    def pick(self, choices: Any) -> Any:
        """One of them by `where`."""
        return choices[int(self.where * len(choices))]


def plan(seed: int) -> list[Step]:
    """The same steps for the same seed: trouble, the rest filled in, submitted, trouble, healed."""
    chance = random.Random(seed)

    def some(count: int, weights: dict[str, int]) -> list[Step]:
        names = chance.choices(list(weights), list(weights.values()), k=count)
        return [Step(name, chance.random(), chance.random()) for name in names]

    def one(name: str) -> Step:
        return Step(name, chance.random(), chance.random())

    def rested(steps: list[Step]) -> list[Step]:
        boots = [step for step in steps if step.name in ("kill", "killed")]
        return [step for step in steps if step not in boots[BOOTS:]]

    return [
        *rested(some(STEPS, WEIGHTS)),
        one("storm"),
        one("complete"),
        *some(2, AFTER),
        one("complete"),
        one("storm"),
        one("submit"),
        *rested(some(TROUBLES, AFTER)),
        one("heal"),
    ]
