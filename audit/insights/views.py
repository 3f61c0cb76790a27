"""Head office's pages: each module of views adds its own to the blueprint."""

from audit.insights import branch_views, export_views, network_views, visit_views
from audit.insights.blueprint import bp

__all__ = ["bp", "branch_views", "export_views", "network_views", "visit_views"]
