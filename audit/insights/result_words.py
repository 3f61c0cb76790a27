"""The results of a visit in words: what a question came to, or what happened to the visit."""

from audit.i18n import gettext as _


def result_words() -> dict[str, str]:
    """All of them by key."""
    return {
        "met": _("Met"),
        "partly": _("Partly met"),
        "missed": _("Not met"),
        "less": _("Not fully met"),
        "none": _("Not assessed"),
        "answered": _("With an answer"),
        "yes": _("Answer: yes"),
        "no": _("Answer: no"),
        "promoter": _("Would recommend (9 or 10)"),
        "passive": _("Neutral (7 or 8)"),
        "detractor": _("Would not recommend (0 to 6)"),
        "satisfied": _("Satisfied (4 or 5)"),
        "unsatisfied": _("Not satisfied (1 to 3)"),
        "scored": _("With a score"),
        "incident": _("With a knock-out"),
        "unscored": _("Without a score"),
    }


def outcome_words(found: str | int, said: dict[str, str]) -> str:
    """What the question came to in one visit: the value of a rating, else words."""
    return str(found) if isinstance(found, int) else said[found]
