"""Head office's pages: each module of views adds its own to the blueprint."""

from audit.insights import (
    branch_views,
    compare_views,
    drivers_views,
    export_views,
    leniency_views,
    network_views,
    precision_views,
    visit_views,
    voices_views,
)
from audit.insights.blueprint import bp

__all__ = [
    "bp",
    "branch_views",
    "compare_views",
    "drivers_views",
    "export_views",
    "leniency_views",
    "network_views",
    "precision_views",
    "visit_views",
    "voices_views",
]
