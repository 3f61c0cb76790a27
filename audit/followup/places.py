"""The parts of the network that a list can be narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.branches.queries import Node, branches_for, clients_for, tree_for
from audit.db import db
from audit.followup.action_queries import ActionFilter

MOST_BRANCHES = 400  # in one choice; a larger network is narrowed by region first


@dataclass(frozen=True)
class Places:
    """What to choose among: clients (for the agency), regions and branches of the chosen client."""

    clients: Sequence[Client] = ()
    regions: Sequence[Node] = field(default=())
    branches: Sequence[Branch] = ()


def places_for(person: Person, wanted: ActionFilter) -> Places:
    """The choices in the person's scope; regions and branches once there is one client."""
    clients = list(db.session.scalars(clients_for(person).order_by(Client.name, Client.id)))
    chosen = next((one for one in clients if one.id == wanted.client_id), None)
    if chosen is None and len(clients) == 1:
        chosen = clients[0]
    offered = clients if len(clients) > 1 else []
    if chosen is None:
        return Places(offered)
    query = branches_for(person).where(Branch.client_id == chosen.id).order_by(Branch.name, Branch.id)
    branches = list(db.session.scalars(query.limit(MOST_BRANCHES + 1)))
    nodes = tree_for(person, chosen.id)
    return Places(
        offered, nodes if len(nodes) > 1 else [], branches if 1 < len(branches) <= MOST_BRANCHES else []
    )
