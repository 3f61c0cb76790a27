"""Names as people search and sort them: without accents, lower case."""

import unicodedata


def plain(text: str) -> str:
    """ "Đường Nguyễn Huệ " becomes "duong nguyen hue": no accents, lower case, single blanks."""
    split = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(letter for letter in split if not unicodedata.combining(letter))
    return " ".join(bare.split())
