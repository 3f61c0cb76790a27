"""What a broken rule of an answer means in words, with the remedy."""

from collections.abc import Mapping
from typing import Any

from audit.i18n import gettext

LONGEST_COMMENT = 4_000
LONGEST_TEXT = 10_000


def sentence(rule: str, question: Mapping[str, Any]) -> str:
    """One sentence for the person who answers."""
    if rule == "value_outside" or rule == "value_integer":
        return gettext(
            "Choose a whole number from %(low)s to %(high)s.",
            low=question.get("min"),
            high=question.get("max"),
        )
    words = {
        "value_yesno": gettext("Answer yes or no."),
        "value_option": gettext("Choose one of the options shown."),
        "value_options": gettext("Choose among the options shown."),
        "value_repeated": gettext("Tick each option once."),
        "value_number": gettext("Write a number, for example 3 or 2.5."),
        "value_text": gettext("Write this as text."),
        "value_photo": gettext("This question is answered with a photo."),
        "value_duration": gettext("Give both the start and the end."),
        "value_time": gettext("Give date and time, for example 14/11/2026 14:05."),
        "value_order": gettext("The end cannot be before the start: check both times."),
        "na_flag": gettext('Tick "not applicable" or leave it.'),
        "na_with_value": gettext('Either answer or tick "not applicable", not both.'),
        "na_not_offered": gettext("This question always applies: please answer it."),
        "comment_long": gettext("The note is too long: at most %(most)s characters.", most=LONGEST_COMMENT),
        "text_long": gettext("The text is too long: at most %(most)s characters.", most=LONGEST_TEXT),
        "text_unreadable": gettext(
            "The text holds a character that cannot be kept. Delete it and write it again."
        ),
    }
    return words.get(rule) or gettext("This answer does not fit the question.")
