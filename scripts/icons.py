"""Draws audit/static/icons/*.png from audit/static/icon.svg with Chromium; run it after a change of the drawing."""

import io
import re
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parent.parent / "audit" / "static"
# Side in pixels, and how much of it the drawing takes; below 1 the ground goes to the edges, for systems that
# cut icons into shapes of their own (they keep the middle 80 %).
ICONS = {
    "icon-192.png": (192, 1.0),
    "icon-512.png": (512, 1.0),
    "maskable-192.png": (192, 0.75),
    "maskable-512.png": (512, 0.75),
    "apple-180.png": (180, 0.9),
}


def drawing(svg: str, share: float) -> str:
    """The picture as it is, or within its own ground."""
    if share == 1.0:
        return svg
    ground = re.search(r'<rect[^>]*fill="([^"]+)"', svg)
    width = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    if ground is None or width is None:
        sys.exit("icon.svg: a square viewBox from 0 0 and a <rect fill> as the ground are expected.")
    side = int(width[1]) / share
    edge = (side - int(width[1])) / 2
    box = f'viewBox="{-edge} {-edge} {side} {side}"'
    rect = f'<rect x="{-edge}" y="{-edge}" width="{side}" height="{side}" fill="{ground[1]}"/>'
    return re.sub(r">", f">{rect}", svg.replace(width[0], box), count=1)


def main() -> None:
    """Write every file."""
    svg = (STATIC / "icon.svg").read_text()
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        for name, (side, share) in ICONS.items():
            page.set_viewport_size({"width": side, "height": side})
            page.set_content(
                f"<style>body{{margin:0}}svg{{display:block;width:{side}px;height:{side}px}}</style>"
                + drawing(svg, share)
            )
            shot = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            few = shot.quantize(48, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
            few.save(
                STATIC / "icons" / name, optimize=True
            )  # two colours and the steps between: a third of the size
        browser.close()


if __name__ == "__main__":
    main()
