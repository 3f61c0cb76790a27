"""The fonts of the PDF: which file fontconfig reads, and which characters they can print."""

import os
import re
import tempfile
import unicodedata
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont  # type: ignore[import-untyped] # it ships no types

FOLDER = Path(__file__).resolve().parent.parent / "static" / "fonts" / "pdf"

# What people mean by the commonest pictures, in characters that the font has.
_SPOKEN = {
    "👍": "(+)",
    "👎": "(−)",
    "👌": "(+)",
    "❤": "♥",
    "💔": "(−)",
    "⭐": "★",
    "🌟": "★",
    "✅": "✓",
    "✔": "✓",
    "❌": "✗",
    "✘": "✗",
    "⚠": "(!)",
    "❗": "!",
    "❓": "?",
}
_SMILES = "🙂😀😃😄😁😊☺😍🥰😉😋"
_FROWNS = "🙁☹😞😟😢😭😠😡😤😒😔"
_SILENT = re.compile("[\ufe00-\ufe0f\u200b-\u200f\ufeff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")


def configure(folder: Path | None = None) -> Path:
    """Point fontconfig at our fonts only; call before WeasyPrint is imported. Returns the file it reads.

    `folder` keeps the file and fontconfig's cache; without it a private one under the system's.
    """
    place = (
        folder or Path(tempfile.gettempdir()) / f"audit-fonts-{os.getuid() if hasattr(os, 'getuid') else 0}"
    )
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
        place = Path(tempfile.mkdtemp(prefix="audit-fonts-"))  # somebody else made it first
    wanted = _configuration(FOLDER, place / "cache")
    path = place / "fonts.conf"
    if not path.exists() or path.read_text(encoding="utf-8") != wanted:
        handle, name = tempfile.mkstemp(dir=place, suffix=".conf")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(wanted)
        Path(name).replace(path)
    os.environ["FONTCONFIG_FILE"] = str(path)
    return path


def _configuration(fonts: Path, cached: Path) -> str:
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{escape(str(fonts))}</dir>\n  <cachedir>{escape(str(cached))}</cachedir>\n"
        "  <config><rescan><int>0</int></rescan></config>\n</fontconfig>\n"
    )


@cache
def _unprintable() -> re.Pattern[str]:
    """Match runs of characters that the regular weight does not have."""
    with TTFont(FOLDER / "Inter-400.ttf", lazy=True) as font:
        known = sorted(font.getBestCmap())
    ranges: list[list[int]] = []
    for code in [9, 10, 13, *known]:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    inside = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)
    return re.compile(f"[^{inside}]+")


def printable(text: str) -> str:
    """Compose the text (NFC) and replace what the font cannot print, so that no empty box appears.

    Common pictures become their plain sign (":)", "(+)", "✓"); anything else, other scripts included, "[…]".
    """
    text = _SILENT.sub("", unicodedata.normalize("NFC", text))
    return _unprintable().sub(_replacement, text)


def _replacement(found: re.Match[str]) -> str:
    words: list[str] = []
    for sign in found[0]:
        word = ":)" if sign in _SMILES else ":(" if sign in _FROWNS else _SPOKEN.get(sign, "[…]")
        if not words or words[-1] != word:
            words.append(word)
    return " ".join(words)
