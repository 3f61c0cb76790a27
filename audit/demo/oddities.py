"""What is odd about some submissions of the demo because of another one: the same photo, the same text."""

from collections.abc import Sequence
from dataclasses import replace

from audit.demo.details import SAME_LETTERS
from audit.demo.replies import NAMED
from audit.demo.timeline import Life
from audit.visits.lifecycle import State


def borrow(lives: Sequence[Life]) -> None:
    """Let the visits with such a twist take their photo or text from another one, or name somebody."""
    for life in lives:
        if life.slot.twist == "photo_same":
            _borrow_photo(life, _earlier(life, lives))
        elif life.slot.twist == "text_same":
            _borrow_text(life, _earlier(life, lives))
        elif life.slot.twist == "comment_covered":
            _name_somebody(life)


def _earlier(life: Life, lives: Sequence[Life]) -> list[Life]:
    """Released visits of the same client, as they were planned."""
    return [
        one for one in lives if one.slot.state == State.RELEASED and one.brand is life.brand and one.pictures
    ]


def _borrow_photo(life: Life, others: Sequence[Life]) -> None:
    """The first photo is the file of another branch's, under a number of its own."""
    for other in others:
        for place, picture in enumerate(life.pictures):
            same = next((one for one in other.pictures if one.question == picture.question), None)
            if same is not None and other.place is not life.place:
                mine = replace(same, id=picture.id)
                life.pictures[place] = mine
                return


def _borrow_text(life: Life, others: Sequence[Life]) -> None:
    """The closing remark is another visit's, word for word."""
    for other in others:
        if life.story is None or other.story is None:
            continue
        remarks = [one for one in other.story.answers if one.question == "comment" and one.value]
        if remarks and len(remarks[0].value) >= SAME_LETTERS:
            for place, mine in enumerate(life.story.answers):
                if mine.question == "comment":
                    life.story.answers[place] = replace(mine, value=remarks[0].value, na=False)
                    return


def _name_somebody(life: Life) -> None:
    """The longest comment tells a name, which shoppers are asked not to do."""
    if life.story is None:
        return
    answers = life.story.answers
    place = max(range(len(answers)), key=lambda one: len(answers[one].comment))
    said = f"{answers[place].comment} {NAMED} ở quầy số 2 là người nói câu này.".strip()
    answers[place] = replace(answers[place], comment=said)
