"""The pages of the room; importing the modules puts their addresses on the blueprint."""

from audit.followup import action_views, dispute_views, tasks, thread_views  # noqa: F401
from audit.followup.blueprint import bp

__all__ = ["bp"]
