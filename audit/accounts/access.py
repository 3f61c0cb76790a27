"""When somebody's access ends, rooms above take back the keys that they gave out, in the same transaction."""

from collections.abc import Callable
from datetime import datetime

from audit.accounts.models import Person

Taker = Callable[[Person, Person | None, datetime], object]
_takers: list[Taker] = []


def on_access_ended(taker: Taker) -> Taker:
    """Have the function called with whose access ends, who ends it (None: a command) and when."""
    _takers.append(taker)
    return taker


def access_ended(person: Person, by: Person | None, at: datetime) -> None:
    """Tell everybody who asked to be told."""
    for taker in _takers:
        taker(person, by, at)
