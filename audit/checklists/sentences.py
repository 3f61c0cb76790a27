"""Problems of a document as sentences that name the question, the rule and the remedy."""

from collections.abc import Mapping
from typing import Any

from audit.checklists.texts import text_problems
from audit.i18n import gettext as _
from audit.scoring.checking import check_checklist, publishing_problems
from audit.scoring.document import Problem


def sentences(document: Mapping[str, Any]) -> list[str]:
    """Everything that keeps a document from being published, in words; empty when it may be."""
    return [sentence(problem) for problem in (*publishing_problems(document), *text_problems(document))]


def is_scorable(document: Mapping[str, Any]) -> bool:
    """Whether scoring can read the document, so that it can be shown question by question."""
    return not check_checklist(document)


def sentence(problem: Problem) -> str:
    """One broken rule: where, what, and what to write instead."""
    rule = _rule(problem.rule)
    if problem.question is not None:
        return _(
            "Question “%(question)s”: %(rule)s (%(where)s)",
            question=problem.question,
            rule=rule,
            where=problem.where,
        )
    if problem.where:
        return _("%(where)s: %(rule)s", where=problem.where, rule=rule)
    return rule


def _rule(rule: str) -> str:
    return {**_shapes(), **_parts(), **_scored(), **_texts()}.get(rule) or _(
        "this does not follow the rules (%(rule)s).", rule=rule
    )


def _shapes() -> dict[str, str]:
    return {
        "not_an_object": _("this must be an object in braces."),
        "not_a_list": _("this must be a list in brackets."),
        "null": _("null is not a value: leave the key out instead."),
        "missing_key": _("this key is missing."),
        "bad_id": _("an id is a text that is not empty."),
        "repeated_id": _("this id is already used: choose another one."),
        "long_id": _("an id has at most 80 characters."),
        "bad_number": _('write a whole number, or text such as "0.5" or "1/3".'),
        "bad_integer": _("write a whole number."),
        "bad_flag": _("write true or false."),
    }


def _parts() -> dict[str, str]:
    return {
        "unknown_type": _("the type must be yesno, single, multi, scale, number, duration, text or photo."),
        "unknown_factor": _("there is no factor with this id."),
        "bad_section": _("a section is named by its id."),
        "bad_photo": _("photo must be never, always or on_loss."),
        "bad_good": _("good must be yes or no."),
        "options_missing": _("this type needs options."),
        "options_empty": _("the list of options is empty: give at least one."),
        "scale_order": _("max must be greater than min."),
        "bands_empty": _("the list of bands is empty: leave it out or fill it."),
        "band_credit": _("the credit of a band is a number from 0 to 1."),
        "band_limit": _("every band but the last has exactly one of upto and below."),
        "band_last": _("the last band takes the rest: it has neither upto nor below."),
        "band_order": _("the limits of the bands must rise from one to the next."),
        "show_if_question": _("show_if must name an earlier question of type yesno, single, multi or scale."),
        "show_if_empty": _("the list “in” is empty: name at least one answer."),
    }


def _scored() -> dict[str, str]:
    return {
        "negative_weight": _("a weight is never below 0."),
        "weight_without_factor": _(
            "a question with a weight needs a factor; for a question that does not count write weight 0."
        ),
        "adjust_zero": _("a bonus or penalty of 0 has no effect: leave it out."),
        "adjust_far": _("a bonus or penalty is at most 100 points: write a number from −100 to 100."),
        "adjust_with_weight": _("a bonus or penalty has no weight: leave the weight out."),
        "knockout_scope": _("the scope of a knock-out is factor or visit."),
        "knockout_cap": _("the cap of a knock-out is a number from 0 to 100."),
        "knockout_without_factor": _("a knock-out of its factor needs a factor."),
        "no_credit": _(
            "this question can earn nothing, so it cannot have a weight, a bonus or a knock-out:"
            " give its options different points, or add bands."
        ),
        "all_weights_zero": _(
            "nothing can be scored: give at least one factor with questions a weight above 0."
        ),
    }


def _texts() -> dict[str, str]:
    return {
        "text_vi": _("the Vietnamese text is missing."),
        "text_en": _("the English text is missing."),
        "unknown_section": _("the section is not in the list of sections."),
        "alarm_type": _("only a yes/no question can be marked as alarming."),
        "truth_type": _("only a yes/no or single-choice question with weight 0 can have a known truth."),
        "truth_value": _("the truth must be one of the answers."),
    }
