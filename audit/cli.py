"""`audit …`: the commands. Scoring needs neither database nor web framework and is answered before both are loaded."""

import sys


def main() -> None:
    """The entry point of `audit` and `python -m audit`."""
    if len(sys.argv) > 1 and sys.argv[1] in ("score", "aggregate"):
        from audit.scoring.command import main as scoring

        sys.exit(scoring(sys.argv[1:]))
    from audit.commands import group

    group(prog_name="audit")
