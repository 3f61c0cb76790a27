"""The list of rule codes is complete: whoever words them can rely on it."""

from audit.scoring.rules import ANSWER_RULES, CHECKLIST_RULES
from audit.scoring.visit import check_checklist
from tests.scoring.test_answer_errors import WRONG
from tests.scoring.test_checklist_errors import BROKEN


def test_every_rule_of_the_list_is_broken_by_a_test() -> None:
    elsewhere = {"all_weights_zero", "bad_number", "bad_section"}

    assert {rule for _, rule, _ in BROKEN.values()} | elsewhere == CHECKLIST_RULES
    assert {rule for _, _, rule in WRONG} == ANSWER_RULES


def test_every_rule_that_is_reported_is_in_the_list() -> None:
    for document, _, _ in BROKEN.values():
        assert {problem.rule for problem in check_checklist(document)} <= CHECKLIST_RULES
