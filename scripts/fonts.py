"""Make the bundled fonts from the npm packages that carry complete Inter files.

    npm pack @expo-google-fonts/inter@0.4.2 inter-ui@4.1.1     # then unpack both
    python scripts/fonts.py <unpacked expo package> <unpacked inter-ui package> audit/static/fonts

The PDF gets one static TTF per weight (a variable font doubles its time); the web gets one variable woff2.
"""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

STATIC = {
    "Inter-400.ttf": "400Regular/Inter_400Regular.ttf",
    "Inter-600.ttf": "600SemiBold/Inter_600SemiBold.ttf",
    "Inter-700.ttf": "700Bold/Inter_700Bold.ttf",
}
RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1 and Extended-A
    (0x01A0, 0x01B0),  # ơ and ư
    (0x02BB, 0x02DD),  # modifier letters
    (0x0300, 0x0331),  # combining marks, for text that arrives decomposed
    (0x1EA0, 0x1EF9),  # the rest of Vietnamese
    (0x2000, 0x206F),  # punctuation and spaces
    (0x2070, 0x2089),  # superscripts and subscripts
    (0x20A9, 0x20BD),  # currency, with ₫
    (0x2116, 0x2122),  # № ™
    (0x2150, 0x215E),  # fractions
    (0x2190, 0x2199),  # arrows
    (0x2212, 0x221E),  # − √ ∞
    (0x2248, 0x2265),  # ≈ ≠ ≤ ≥
    (0x25A0, 0x25CF),  # ■ △ ▲ ● in their variants
    (0x2605, 0x2606),  # ★
    (0x2660, 0x2666),  # ♥
    (0x2713, 0x2717),  # ✓ ✗
)
FEATURES = ["ccmp", "locl", "kern", "mark", "mkmk", "tnum", "case"]


def subset(font: TTFont, ranges: Iterable[tuple[int, int]] = RANGES) -> TTFont:
    """Cut a font down to our characters and the features we use; changes and returns it."""
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    return font


def main(expo: Path, inter_ui: Path, target: Path) -> None:
    """Write pdf/*.ttf, inter.woff2 and the licence into `target`."""
    (target / "pdf").mkdir(parents=True, exist_ok=True)
    for name, source in STATIC.items():
        font = subset(TTFont(expo / source, recalcTimestamp=False))
        font.save(target / "pdf" / name)
    web = TTFont(inter_ui / "variable" / "InterVariable.woff2", recalcTimestamp=False)
    web = instantiateVariableFont(subset(web), {"opsz": 14, "wght": (400, 700)})
    web.flavor = "woff2"
    web.save(target / "inter.woff2")
    shutil.copyfile(expo / "LICENSE_FONT", target / "OFL.txt")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
