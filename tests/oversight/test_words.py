"""Everything that can happen has words in the trail."""

import re
from pathlib import Path

import audit
from audit.followup.words import EVENT_WORDS
from audit.oversight.words import HAPPENED

RECORDED = re.compile(r'record(?:_apart)?\(\s*"([a-z_.]+)"')


def test_every_step_of_an_action_has_words() -> None:
    assert [kind for kind in EVENT_WORDS if f"action.{kind}" not in HAPPENED] == []


def test_everything_that_is_recorded_has_words() -> None:
    sources = [path.read_text() for path in Path(audit.__path__[0]).rglob("*.py")]
    kinds = {kind for source in sources for kind in RECORDED.findall(source)}
    assert len(kinds) > 20
    assert kinds - set(HAPPENED) == set()
