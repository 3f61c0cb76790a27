"""Makes audit/static/vendor/bootstrap-phone.css: the rules of Bootstrap that a shopper's pages can meet.

Run it after a change of those pages, `python scripts/phone_css.py`; `tests/test_phone_css.py` tells when.
"""

import re
from collections.abc import Iterator
from pathlib import Path

AUDIT = Path(__file__).parent.parent / "audit"
WHOLE = AUDIT / "static/vendor/bootstrap.min.css"
PHONE = AUDIT / "static/vendor/bootstrap-phone.css"
# Whatever is written in these files counts as used: a class more is no harm, one less is.
READERS = (
    "templates/layouts/base.html",
    *(f"templates/macros/{name}.html" for name in ("forms", "nav", "words")),
    "templates/visits/*",
    "templates/earnings/*",
    "static/js/visit-*.js",
    "visits/*.py",
)
WORD = re.compile(r"[A-Za-z][\w-]*")
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
ATTRIBUTE = re.compile(r"\[(data-[\w-]+)")


def words() -> set[str]:
    """Every word of the files that make a shopper's pages."""
    texts = [path.read_text() for pattern in READERS for path in AUDIT.glob(pattern)]
    return {word for text in texts for word in WORD.findall(text)}


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """(what stands before the brace, what stands inside) at the top level of a sheet."""
    start = depth = brace = 0
    for place, letter in enumerate(css):
        if letter == "{":
            if depth == 0:
                brace = place
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield css[start:brace], css[brace + 1 : place]
                start = place + 1


def selectors(head: str) -> list[str]:
    """The parts of a list of selectors: commas inside brackets belong to one of them."""
    return re.split(r",(?![^(]*\))", head)


def is_met(selector: str, used: set[str]) -> bool:
    """Whether every class and data attribute that must be there is written somewhere."""
    required = re.sub(r":not\([^)]*\)", "", selector)
    return all(name in used for name in (*CLASS.findall(required), *ATTRIBUTE.findall(required)))


def kept(css: str, used: set[str]) -> str:
    """The sheet without the rules that no page can meet."""
    out = []
    for head, body in blocks(css):
        if head.startswith(("@media", "@supports")):
            inner = kept(body, used)
            if inner:
                out.append(f"{head}{{{inner}}}")
        elif head.startswith("@"):
            continue  # keyframes: nothing on these pages is animated by Bootstrap
        else:
            met = [one for one in selectors(head) if is_met(one, used)]
            if met:
                out.append(f"{','.join(met)}{{{body}}}")
    return "".join(out)


def phone_css() -> str:
    """The whole file, with Bootstrap's notice."""
    css = WHOLE.read_text().removeprefix('@charset "UTF-8";')
    notice, rules = css.split("*/", 1)
    return f"{notice}*/\n{kept(rules, words())}\n"


if __name__ == "__main__":
    PHONE.write_text(phone_css())
