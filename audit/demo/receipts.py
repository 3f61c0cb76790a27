"""What shoppers of the demo lay out, and the receipt of it: the sum on the picture is what they ask for."""

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from audit.demo.painting.jobs import Picture, picture_of
from audit.demo.places import Brand, Place

BOUGHT = (
    ("Sữa tắm da nhạy cảm 450 ml", 118_000),
    ("Sữa tắm dịu nhẹ 250 ml", 74_000),
    ("Xà bông thảo dược 90 g", 21_500),
    ("Khăn giấy bỏ túi", 6_500),
    ("Nước suối 500 ml", 6_000),
    ("Kem dưỡng da tay 50 ml", 49_000),
    ("Bông tắm", 18_000),
)
MOST = 150_000  # đồng: the shops' cap
PARKING = ((5_000, "Gửi xe máy"), (10_000, "Gửi xe máy"), (20_000, "Gửi ô tô"))
NOTES = {
    "bank": ("Gửi xe trước chi nhánh.", "Phí gửi xe ở bãi bên cạnh.", ""),
    "retail": ("Mua đúng món trong tình huống.", "Món mua theo tình huống, có hóa đơn.", ""),
}
SHARES = {"bank": 0.24, "retail": 0.42}  # of the visits that cost something


@dataclass(frozen=True)
class Spent:
    """An amount in đồng, a word about it, and the receipt."""

    amount: int
    note: str
    receipt: Picture


def spent_at(brand: Brand, place: Place, at: datetime, rng: Random) -> Spent | None:
    """What this visit cost its shopper, if anything."""
    if rng.random() >= SHARES[brand.key]:
        return None
    if brand.key == "bank":
        amount, name = rng.choice(PARKING)
        lines = [(name, amount)]
    else:
        lines = _basket(rng)
        amount = sum(price for _name, price in lines)
    plan = picture_of(brand, place, "receipt", "slip", at, rng)
    told = "|".join(f"{name}\t{price}" for name, price in lines)
    facts = {**plan.facts, "lines": told, "head": brand.sign if brand.key == "retail" else "BÃI GIỮ XE"}
    receipt = replace(plan, size=(960, 1280), turn=1, position=None, facts=facts)
    return Spent(amount, rng.choice(NOTES[brand.key]), receipt)


def _basket(rng: Random) -> list[tuple[str, int]]:
    basket = [rng.choice(BOUGHT[:2])]
    for one in rng.sample(BOUGHT[2:], rng.randint(0, 2)):
        if sum(price for _name, price in basket) + one[1] <= MOST:
            basket.append(one)
    return basket
