"""The commands that need the application."""

import click

from audit import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Mystery-shopping audits. `audit score` and `audit aggregate` read JSON lines; see docs/scoring.md."""


for command in serve.commands:
    group.add_command(command)


@group.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest migration."""
    from audit import migrate
    from audit.app import create_app

    migrate.to_head(create_app())


@group.command("demo-reset")
@click.option("--seed", default=2026, show_default=True, help="The same seed makes the same agency.")
def demo_reset(seed: int) -> None:
    """Throw everything away and load the demo again."""
    from audit.app import create_app
    from audit.demo.load import reset

    for line in reset(create_app(), seed):
        click.echo(line)
