"""Reading the input of an aggregate; what is wrong with it is said by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audit.scoring import exact


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
    known = exact.number(document.get(key))
    if known is None:
        raise InputError(f'{where}{key}: must be an integer or a string such as "79.5" or "1/3"')
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
