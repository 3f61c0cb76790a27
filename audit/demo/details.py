"""What only one visit can tell, such as how many people were there: no long text stands in two visits by chance."""

from zlib import crc32

SAME_LETTERS = 80  # the demo's clients compare texts from this length on
PEOPLE, STAFF = 48, 12  # 576 pairs: as many as there are numbers of visits
THERE = (
    "Lúc đó có {people} khách và {staff} nhân viên.",
    "Tôi đếm được {people} khách, {staff} nhân viên trong khu vực này.",
    "Khi ấy khu vực này có {staff} nhân viên và {people} khách.",
)
OUTSIDE = "Riêng phần này tôi mất {staff} phút {people} giây."


def detailed(text: str, question: str, section: str, code: int, *, there: bool = True) -> str:
    """The text, with a detail of the visit number `code` where it is long enough to be compared.

    `there` is whether the shopper was in a place with people to count.
    """
    if len(text) < SAME_LETTERS:
        return text
    turn = crc32(question.encode())
    staff, people = divmod((code + turn) % (PEOPLE * STAFF), PEOPLE)
    outside = not there or (section in ("before", "after") and question != "comment")
    phrase = OUTSIDE if outside else THERE[turn % len(THERE)]
    return f"{text} {phrase.format(people=people + 2, staff=staff + 1)}"
