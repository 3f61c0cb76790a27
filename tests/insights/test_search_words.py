"""Words looked for in Vietnamese texts: with and without accents, in either spelling, marked where they stand."""

import unicodedata

import pytest

from audit.insights.search_words import has_accents, marked, spellings, words_of


@pytest.mark.parametrize(
    ("typed", "accents"),
    [("cho", False), ("CHO", False), ("chờ", True), ("đi", True), ("ĐI", True), ("5*", False)],
)
def test_a_word_with_accents_says_so(typed, accents):
    assert has_accents(typed) is accents
    assert has_accents(unicodedata.normalize("NFD", typed)) is accents


def test_both_places_of_the_tone_are_one_spelling():
    assert {"hòa", "hoà", "Hòa", "HOÀ"} <= set(spellings("hoà"))
    assert {"hòa", "hoà"} <= set(spellings("hòa"))
    assert {"thủy", "thuỷ"} <= set(spellings("Thuỷ"))
    assert "hóa" not in spellings("hòa")
    assert unicodedata.normalize("NFD", "chờ") in spellings("chờ")


def test_words_are_few_and_composed():
    assert words_of("  chờ   lâu ") == ["chờ", "lâu"]
    assert words_of(unicodedata.normalize("NFD", "chờ")) == ["chờ"]
    assert len(words_of("a " * 50)) == 10
    assert words_of("") == []


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Chờ lâu, không ai chào", "cho", "<mark>Chờ</mark> lâu, không ai chào"),
        ("Chờ mở cửa cho khách", "chờ", "<mark>Chờ</mark> mở cửa cho khách"),
        ("Chờ mở cửa cho khách", "cho", "<mark>Chờ</mark> mở cửa <mark>cho</mark> khách"),
        ("Đi đường Đê", "duong de", "Đi <mark>đường</mark> <mark>Đê</mark>"),
        ("Hoà nhã", "hòa", "<mark>Hoà</mark> nhã"),
        (
            "<b>xấu</b> & bẩn",
            "xau b",
            "&lt;<mark>b</mark>&gt;<mark>xấu</mark>&lt;/<mark>b</mark>&gt; &amp; <mark>b</mark>ẩn",
        ),
        ("aaa", "aa a", "<mark>aaa</mark>"),
        ("không có", "xyz", "không có"),
        ("không có", "", "không có"),
    ],
)
def test_found_words_are_marked(text, typed, shown):
    assert str(marked(text, words_of(typed))) == shown
    assert str(marked(unicodedata.normalize("NFD", text), words_of(typed))) == shown


def test_marking_never_loses_a_letter():
    text = "ﬁle ẞ İstanbul 𝒳 \u0301x\u200d"
    assert str(marked(text, words_of("i s x"))).replace("<mark>", "").replace("</mark>", "") == str(
        unicodedata.normalize("NFC", text)
    )
