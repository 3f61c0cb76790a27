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


@group.command("add-admin")
@click.argument("email")
@click.option("--name", prompt="Name", help="As others see it.")
@click.password_option(help="At least ten characters; asked for when it is not given.")
def add_admin(email: str, name: str, password: str) -> None:
    """Make somebody an admin of a new installation, and install the built-in checklists."""
    from audit import migrate
    from audit.accounts import services as accounts
    from audit.accounts.models import RoleName
    from audit.app import create_app
    from audit.checklists import services as checklists
    from audit.db import db, now
    from audit.errors import AuditError
    from audit.i18n import force_locale

    app = create_app()
    migrate.to_head(app)
    with app.app_context(), force_locale("en"):
        reach = accounts.Reach(RoleName.ADMIN)
        try:
            person = accounts.create_person(
                name=name, at=now(), email=email, password=password, grants=[reach]
            )
            checklists.install_builtin(now(), person)
        except AuditError as error:
            fields = error.details.get("fields") or {}
            sentences = [str(text) for text in fields.values()] or [str(error.message)]
            raise click.ClickException(" ".join(sentences)) from error
        db.session.commit()
    click.echo(f"{email} is an admin. Start with `audit serve` and sign in.")


@group.command("demo-reset")
@click.option("--seed", default=2026, show_default=True, help="The same seed makes the same agency.")
@click.option("--delete-everything", is_flag=True, help="Also when there are people who are not the demo's.")
def demo_reset(seed: int, delete_everything: bool) -> None:
    """Throw everything away and load the demo again."""
    from audit import migrate
    from audit.accounts.queries import people_outside
    from audit.app import create_app
    from audit.demo.load import reset

    app = create_app()
    migrate.to_head(app)
    with app.app_context():
        real = people_outside("demo.example")
    if real and not delete_everything:
        raise click.ClickException(
            f"This database holds {real} people who are not the demo's: it looks like a real one. "
            "Use another database (AUDIT_DATABASE_URL or AUDIT_VAR), or add --delete-everything to lose it all."
        )
    for line in reset(app, seed):
        click.echo(line)


@group.command("verify-scorecards")
@click.option("--files", is_flag=True, help="Also read every PDF and compare it with its hash.")
def verify_scorecards(files: bool) -> None:
    """Compare all that was released with its fingerprints; 1 where something differs."""
    from audit.app import create_app
    from audit.review import fingerprint

    app = create_app()
    with app.app_context():
        wrong = [f"{card.number} version {card.edition}: changed" for card in fingerprint.changed()]
        if files:
            wrong += [
                f"{file.scorecard.number} version {file.scorecard.edition}, PDF ({file.language}): changed or lost"
                for file in fingerprint.damaged(app.extensions["storage"])
            ]
    for line in wrong:
        click.echo(line)
    if wrong:
        raise click.ClickException(f"{len(wrong)} released documents are not what was released.")
    click.echo("Everything is as it was released.")
