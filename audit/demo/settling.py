"""The ground the demo's visits stand on: clients, branches, people, waves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from audit.accounts.models import Person, RoleName
from audit.accounts.passwords import hash_once
from audit.accounts.services import Reach, create_person
from audit.branches.models import Branch, Client, Region
from audit.branches.services import BranchData, ClientData, create_branch, create_client, create_region
from audit.branches.settings import SettingsData, change
from audit.checklists.models import Version
from audit.demo import names, remarks
from audit.demo.calendar import Period, moment
from audit.demo.details import SAME_LETTERS
from audit.demo.places import BRANDS, MANAGED, NORTH, SOUTH, Brand
from audit.demo.ready_notes import READY_NOTES
from audit.demo.timeline import ESCALATE_HOURS, TERMS
from audit.review import canned
from audit.review.layers import CannedNote
from audit.waves.models import Wave
from audit.waves.services import WaveData, create_wave, open_wave, record_ethics

HEADS: Mapping[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "bank": (names.BANK_HEAD, names.BANK_AREAS, names.BANK_MANAGERS),
    "retail": (names.RETAIL_HEAD, names.RETAIL_AREAS, names.RETAIL_MANAGERS),
    "insurer": (names.INSURER_HEAD, names.INSURER_AREAS, ()),
}


@dataclass
class Settled:
    """Everybody and every place."""

    admin: Person
    editors: list[Person]
    shoppers: list[Person]
    clients: dict[str, Client]
    branches: dict[str, Branch]


def settle(at: datetime) -> Settled:
    """Make the people and places; flushes."""
    hashed = hash_once(names.PASSWORD)

    def person(name: str, mail: str, reach: Reach) -> Person:
        address = names.mail(mail)
        return create_person(name=name, at=at, email=address, hashed=hashed, grants=[reach], language="vi")

    admin = person(names.ADMIN, "admin", Reach(RoleName.ADMIN))
    editors = [
        person(name, _numbered("editor", place), Reach(RoleName.EDITOR))
        for place, name in enumerate(names.EDITORS)
    ]
    shoppers = [
        person(name, _numbered("shopper", place), Reach(RoleName.SHOPPER))
        for place, name in enumerate(names.SHOPPERS)
    ]
    for title, vi, en in READY_NOTES:
        canned.save(CannedNote(), canned.CannedData(title, vi, en), admin)
    settled = Settled(admin, editors, shoppers, {}, {})
    for brand in BRANDS:
        client, regions, branches = _places(brand, at)
        settled.clients[brand.key] = client
        settled.branches |= branches
        head, areas, managers = HEADS[brand.key]
        person(head, f"head-{brand.key}", Reach(RoleName.HEAD_OFFICE, client.id))
        for name, region, word in zip(areas, regions, ("north", "south"), strict=True):
            person(name, f"area-{brand.key}-{word}", Reach(RoleName.AREA_MANAGER, client.id, region.id))
        for name, place in zip(managers, MANAGED, strict=bool(managers)):
            code = brand.places[place].code
            reach = Reach(RoleName.BRANCH_MANAGER, client.id, None, branches[code].id)
            person(name, f"branch-{code.lower()}", reach)
    return settled


def agree(settled: Settled, at: datetime) -> None:
    """What is agreed with each client: times, and signs for shoppers who fly and photos that are painted; flushes."""
    limits = {"same_letters": SAME_LETTERS, "trip_speed": 900, "alike_bits": 1, "alike_same_bits": 0}
    for client in settled.clients.values():
        data = SettingsData(
            dispute_days=client.dispute_days,
            answer_days=client.answer_days,
            escalate_hours=ESCALATE_HOURS,
            action_points=Decimal(3),
            alarm_person_id=settled.admin.id,
            limits=limits,
        )
        change(client, data, settled.admin, at)


def _numbered(word: str, place: int) -> str:
    return word if place == 0 else f"{word}{place + 1}"


def _places(brand: Brand, at: datetime) -> tuple[Client, list[Region], dict[str, Branch]]:
    client = create_client(ClientData(brand.code, brand.name), at)
    regions = {name: create_region(client, name) for name in (NORTH, SOUTH)}
    branches = {}
    for place in brand.places:
        data = BranchData(
            region_id=regions[place.region].id,
            code=place.code,
            name=place.name,
            address=place.address,
            format=place.format,
            latitude=place.latitude,
            longitude=place.longitude,
            opening_hours=place.hours,
            channel=place.channel,
        )
        branches[place.code] = create_branch(client, data)
    return client, list(regions.values()), branches


def open_period(settled: Settled, period: Period, version: Version) -> Wave:
    """A wave with its ethics note, open for visits."""
    fee, cap = TERMS[period.kind]
    scenario = remarks.SCENARIOS[period.kind]
    data = WaveData(period.name, period.starts_on, period.ends_on, fee, cap, scenario)
    made = moment(period.starts_on - timedelta(days=21), 9, 30)
    wave = create_wave(settled.clients[period.brand], version, data, made)
    told = moment(period.starts_on - timedelta(days=15), 14)
    record_ethics(wave, settled.admin, told, remarks.ETHICS[period.kind])
    return open_wave(wave, settled.admin, told)
