"""The tables of a branch's page, in the order of the page."""

from collections.abc import Callable, Mapping

from audit.insights.branch_page import BranchPage
from audit.insights.sheet import Sheet
from audit.insights.sheets import agreement, branch_facts, branch_parts, branch_questions, branch_waves

OF_BRANCH: Mapping[str, Callable[[BranchPage], Sheet]] = {
    "branch-facts": branch_facts.build,
    "branch-waves": branch_waves.build,
    "branch-factors": branch_parts.factors,
    "branch-sections": branch_parts.sections,
    "branch-questions": branch_questions.build,
    "agreement": agreement.build,
}


def tables_of(page: BranchPage) -> dict[str, Sheet]:
    """All of them by name."""
    return {name: build(page) for name, build in OF_BRANCH.items()}
