"""Each flag's reason as a sentence with its figures, in the language of the request."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from audit.i18n import clock, day, ngettext, number, text_of
from audit.i18n import gettext as _
from audit.review.layers import Flag
from audit.review.words import said

Data = Mapping[str, Any]
Question = Mapping[str, Any]


def reason(flag: Flag, questions: Mapping[str, Question], zone: str) -> str:
    """Why the flag was set. `questions` are the checklist's, by id; `zone` is the branch's."""
    question = questions.get(flag.question_id or "", {})
    return _SAYING[flag.code](flag.data, question, zone)


def level(name: str) -> str:
    """What a level asks for."""
    return {
        "info": _("For information"),
        "review": _("To be looked at"),
        "strong": _("To be looked at first"),
    }[name]


def _too_fast(data: Data, question: Question, zone: str) -> str:
    del question, zone
    took, least = span(data["seconds"]), span(data["least"])
    if data.get("usual") is None:
        return _("There for %(took)s; less than %(least)s is unusual.", took=took, least=least)
    return _(
        "There for %(took)s; usually it takes %(usual)s (%(visits)s visits), and less than %(least)s is unusual.",
        took=took,
        usual=span(data["usual"]),
        visits=data["visits"],
        least=least,
    )


def _far(data: Data, question: Question, zone: str) -> str:
    del question, zone
    away, accuracy = distance(data["metres"]), distance(data["accuracy"])
    return _(
        "The nearest position of this visit lies %(away)s from the branch (exact to %(accuracy)s);"
        " more than %(limit)s beyond that is unusual.",
        away=away,
        accuracy=accuracy,
        limit=distance(data["limit"]),
    )


def _no_fix(data: Data, question: Question, zone: str) -> str:
    del question, zone
    if data["accuracy"] is None:
        return _("The phone told no position. Indoors this is normal.")
    return _(
        "The position is only exact to %(accuracy)s. Indoors this is normal.",
        accuracy=distance(data["accuracy"]),
    )


def _off_schedule(data: Data, question: Question, zone: str) -> str:
    del question
    parts = [_("Arrived on %(moment)s.", moment=clock(datetime.fromisoformat(data["at"]), zone))]
    if "window" in data:
        first, last = (day(date.fromisoformat(one)) for one in data["window"])
        parts.append(_("The visit was agreed for %(first)s to %(last)s.", first=first, last=last))
    if "hours" in data:
        parts.append(_("The branch is open: %(hours)s.", hours=data["hours"]))
    return " ".join(parts)


def _exif_time(data: Data, question: Question, zone: str) -> str:
    del question
    taken = clock(datetime.fromisoformat(data["taken"]), zone)
    if data["before"]:
        return _(
            "By its own data this photo was taken on %(taken)s, %(off)s before the arrival.",
            taken=taken,
            off=span(data["seconds"]),
        )
    return _(
        "By its own data this photo was taken on %(taken)s, %(off)s after the end of the visit.",
        taken=taken,
        off=span(data["seconds"]),
    )


def _exif_absent(data: Data, question: Question, zone: str) -> str:
    del question, zone
    return _(
        "%(photos)s of %(of)s photos do not say when they were taken. Messengers remove that.",
        photos=data["photos"],
        of=data["of"],
    )


def _photo_same(data: Data, question: Question, zone: str) -> str:
    del question, zone
    return _("This photo is the same file as one of another visit: %(branch)s, %(day)s.", **_other(data))


def _photo_alike(data: Data, question: Question, zone: str) -> str:
    del question, zone
    bits = ngettext("%(num)s of 64 features differs", "%(num)s of 64 features differ", data["bits"])
    return _(
        "This photo looks like one of another visit: %(branch)s, %(day)s (%(bits)s).",
        bits=bits,
        **_other(data),
    )


def _answers_same(data: Data, question: Question, zone: str) -> str:
    del question, zone
    return _(
        "All %(answers)s scored answers, %(losses)s of them below full credit, are those of another visit by"
        " this shopper: %(branch)s, %(day)s.",
        answers=data["answers"],
        losses=data["losses"],
        **_other(data),
    )


def _text_same(data: Data, question: Question, zone: str) -> str:
    del question, zone
    return _("This text stands word for word in another visit: %(branch)s, %(day)s.", **_other(data))


def _impossible_trip(data: Data, question: Question, zone: str) -> str:
    del question, zone
    return _(
        "From %(branch)s, the shopper's visit next to this one, it is %(away)s in %(took)s: %(speed)s km/h."
        " More than %(limit)s km/h is hardly possible.",
        branch=data["branch"],
        away=distance(data["metres"]),
        took=span(data["seconds"]),
        speed=number(str(data["exact"]), 0),
        limit=data["limit"],
    )


def _trap(data: Data, question: Question, zone: str) -> str:
    return _(
        "Control question: answered “%(said)s”, known to be “%(truth)s”.",
        said=said(question, {"value": data["said"]}, zone) if question else data["said"],
        truth=said(question, {"value": data["truth"]}, zone) if question else data["truth"],
    )


def _outlier(data: Data, question: Question, zone: str) -> str:
    del question, zone
    away = abs(Fraction(data["score"]) - Fraction(data["mean"]))
    return _(
        "%(score)s points; the %(visits)s other visits of this wave have %(mean)s on average."
        " The difference of %(away)s is larger than %(limit)s, which chance explains.",
        score=number(data["score"]),
        visits=data["visits"],
        mean=number(data["mean"]),
        away=number(away),
        limit=number(data["limit"]),
    )


def _late(data: Data, question: Question, zone: str) -> str:
    del question, zone
    return _(
        "Submitted %(waited)s after the visit; the limit is %(limit)s hours.",
        waited=span(data["seconds"]),
        limit=data["limit"],
    )


def _self_conflict(data: Data, question: Question, zone: str) -> str:
    del zone
    asked = text_of(question.get("text"))
    if asked:
        return _("“%(question)s”: %(reason)s", question=asked, reason=data["reason"])
    return str(data["reason"])


def _other(data: Data) -> dict[str, str]:
    return {"branch": data["branch"], "day": day(date.fromisoformat(data["day"]))}


def span(seconds: int) -> str:
    """A length of time: seconds below two minutes, minutes below two hours, hours below two days, else days."""
    if seconds < 120:
        return ngettext("%(num)s second", "%(num)s seconds", seconds)
    if seconds < 2 * 3600:
        return ngettext("%(num)s minute", "%(num)s minutes", seconds // 60)
    if seconds < 2 * 86_400:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // 3600)
    return ngettext("%(num)s day", "%(num)s days", seconds // 86_400)


def distance(metres: int) -> str:
    """Metres, from two kilometres on kilometres."""
    return f"{metres} m" if metres < 2_000 else f"{number(Fraction(metres, 1000))} km"


_SAYING: Mapping[str, Callable[[Data, Question, str], str]] = {
    "too_fast": _too_fast,
    "far": _far,
    "no_fix": _no_fix,
    "off_schedule": _off_schedule,
    "exif_time": _exif_time,
    "exif_absent": _exif_absent,
    "photo_same": _photo_same,
    "photo_alike": _photo_alike,
    "answers_same": _answers_same,
    "text_same": _text_same,
    "impossible_trip": _impossible_trip,
    "trap": _trap,
    "outlier": _outlier,
    "late": _late,
    "self_conflict": _self_conflict,
}
