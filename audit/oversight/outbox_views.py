"""The outbox: what was sent to whom, and the admin's word where the program does not know."""

from flask import Blueprint

from audit.mails import tasks

bp = Blueprint("outbox", __name__)
TASKS = (tasks.TASK,)  # imported for its registration: whoever posts a mail asks for it by name
