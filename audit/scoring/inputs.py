"""Reading the input of an aggregate; what is wrong with it is said by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audit.scoring import exact

_NUMBER = 'must be an integer or a string such as "79.5" or "1/3"'

# Counts beyond it are mistakes, and longer integers than Python likes to write.
LARGEST = 10**15


class InputError(ValueError):
    """The input of a known kind is wrong; the message names the key and the rule."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit's score in its cell: a branch in a wave."""

    branch: str
    wave: str
    score: Fraction


def read_object(raw: Any, where: str) -> Mapping[str, Any]:
    """An object."""
    if not isinstance(raw, Mapping):
        raise InputError(f"{where}: must be an object")
    return raw


def read_list(document: Mapping[str, Any], key: str) -> list[Any]:
    """A list that must be there."""
    raw = document.get(key)
    if not isinstance(raw, list):
        raise InputError(f"{key}: must be a list")
    return raw


def read_string(document: Mapping[str, Any], key: str, where: str = "") -> str:
    """A string that must be there."""
    raw = document.get(key)
    if not isinstance(raw, str):
        raise InputError(f"{where}{key}: must be a string")
    return raw


def read_number(document: Mapping[str, Any], key: str, where: str = "") -> Fraction:
    """An exact number that must be there."""
    return _number(document.get(key), f"{where}{key}")


def read_count(document: Mapping[str, Any], key: str, least: int = 0) -> int:
    """A count that must be there."""
    raw = document.get(key)
    if type(raw) is not int or not least <= raw <= LARGEST:
        raise InputError(f"{key}: must be an integer within {least} and {LARGEST}")
    return raw


def read_positive(document: Mapping[str, Any], key: str) -> Fraction:
    """An exact number that must be there and is not negative."""
    known = read_number(document, key)
    if known < 0:
        raise InputError(f"{key}: must not be negative")
    return known


def read_numbers(document: Mapping[str, Any], key: str) -> list[Fraction]:
    """A list of exact numbers."""
    return [_number(raw, f"{key}[{place}]") for place, raw in enumerate(read_list(document, key))]


def read_credits(raw: Any, where: str) -> dict[str, Fraction]:
    """An object of credits 0…1 by question, without those that are null."""
    given = read_object(raw, where)
    known = {key: read_number(given, key, f"{where}.") for key, value in given.items() if value is not None}
    for key, credit in known.items():
        if not 0 <= credit <= 1:
            raise InputError(f"{where}.{key}: must be within 0 and 1")
    return known


def read_visits(document: Mapping[str, Any]) -> list[Visit]:
    """The list `visits` of {branch, wave, score}."""
    visits = []
    for place, raw in enumerate(read_list(document, "visits")):
        where = f"visits[{place}]"
        row = read_object(raw, where)
        branch, wave = read_string(row, "branch", f"{where}."), read_string(row, "wave", f"{where}.")
        visits.append(Visit(branch, wave, read_number(row, "score", f"{where}.")))
    return visits


def _number(raw: Any, where: str) -> Fraction:
    known = exact.number(raw)
    if known is None:
        raise InputError(f"{where}: {_NUMBER}")
    return known
