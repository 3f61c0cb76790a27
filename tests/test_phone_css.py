"""The style sheet of the shopper's pages holds every rule of Bootstrap that they can meet, and few others."""

import re

import pytest

from scripts import phone_css


def test_the_file_fits_the_pages() -> None:
    assert phone_css.PHONE.read_text() == phone_css.phone_css(), (
        "The shopper's pages have changed: run `python scripts/phone_css.py` and commit its file."
    )


def test_nothing_that_is_used_is_missing() -> None:
    used = phone_css.words()
    whole = phone_css.WHOLE.read_text()
    known = set(phone_css.CLASS.findall(re.sub(r"\{[^{}]*\}", "{}", whole)))
    there = set(phone_css.CLASS.findall(re.sub(r"\{[^{}]*\}", "{}", phone_css.PHONE.read_text())))
    assert {"btn-primary", "form-control", "visually-hidden"} <= known & used <= there
    assert len(phone_css.PHONE.read_text()) < 40_000


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".a{x:1}.b{x:2}", ".a{x:1}"),
        ("p,.b,.a{x:1}", "p,.a{x:1}"),
        (
            "@media print{.b{x:1}}@media (width>1px){.b{x:1}.a .a:hover{x:2}}",
            "@media (width>1px){.a .a:hover{x:2}}",
        ),
        (".a:not(.b){x:1}.a:not(.a,.b){x:1}", ".a:not(.b){x:1}.a:not(.a,.b){x:1}"),
        ("[data-b]{x:1}[type=button]{x:1}@keyframes b{to{x:1}}", "[type=button]{x:1}"),
    ],
)
def test_rules_of_other_pages_go(css: str, left: str) -> None:
    assert phone_css.kept(css, {"a"}) == left
