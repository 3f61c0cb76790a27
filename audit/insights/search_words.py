"""Words that people look for in texts: without accents in any spelling, with accents as they were typed. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from markupsafe import Markup, escape

from audit.branches.names import plain

MOST = 10  # words
# Two ways of writing the same syllable: hòa and hoà, khỏe and khoẻ, thủy and thuỷ.
_TONE = "[\u0300\u0301\u0303\u0309\u0323]"
_OLD = re.compile(f"(o{_TONE}[ae]|u{_TONE}y)", re.IGNORECASE)
_NEW = re.compile(f"(o[ae]{_TONE}|uy{_TONE})", re.IGNORECASE)


def words_of(typed: str) -> list[str]:
    """The words to look for, each of which a text must have."""
    return unicodedata.normalize("NFC", typed).split()[:MOST]


def has_accents(word: str) -> bool:
    """Whether the word says which accents it means."""
    return plain(word) != unicodedata.normalize("NFC", word.casefold())


def spellings(word: str) -> list[str]:
    """How a word with accents may stand in a text: either place of the tone, composed or not, any usual case."""
    split = unicodedata.normalize("NFD", word.lower())
    swapped = (split, _OLD.sub(_swapped, split), _NEW.sub(_swapped, split))
    found = []
    for spelt in dict.fromkeys(swapped):
        composed = unicodedata.normalize("NFC", spelt)
        cases = (composed, composed[:1].upper() + composed[1:], composed.upper())
        found += [unicodedata.normalize(form, text) for text in cases for form in ("NFC", "NFD")]
    return list(dict.fromkeys(found))


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text as HTML with the words that were looked for in <mark>."""
    composed = unicodedata.normalize("NFC", text)
    spots = _spots(composed, words)
    parts, at = [], 0
    for start, end in spots:
        parts += [
            escape(composed[at:start]),
            Markup("<mark>"),
            escape(composed[start:end]),
            Markup("</mark>"),
        ]
        at = end
    return Markup("").join([*parts, escape(composed[at:])])


def _spots(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand, in order, none lying over another."""
    places: list[int] = []
    bare = ""
    for place, letter in enumerate(text):
        written = " " if letter.isspace() else plain(letter)
        bare += written
        places += [place] * len(written)
    found = []
    for word in words:
        sought = plain(word)
        accented = (
            {unicodedata.normalize("NFC", one) for one in spellings(word)} if has_accents(word) else None
        )
        start = bare.find(sought) if sought else -1
        while start >= 0:
            spot = (places[start], places[start + len(sought) - 1] + 1)
            if accented is None or text[slice(*spot)] in accented:
                found.append(spot)
            start = bare.find(sought, start + len(sought))
    return _apart(sorted(found))


def _apart(spots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in spots:
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _swapped(found: re.Match[str]) -> str:
    text = found.group()
    return text[0] + text[2] + text[1]
