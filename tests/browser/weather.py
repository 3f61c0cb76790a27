"""Networks and sign-ins as a shopper meets them, one at a time."""

from tests.browser.field import Field, Shopper
from tests.browser.ledger import Ledger
from tests.browser.phone import Phone

WEATHERS = (
    "good",
    "good",
    "offline",
    "offline",
    "slow",
    "cut",
    "refuse",
    "blackhole",
    "lost",
    "unheard",
    "trouble",
    "busy",
    "captive",
    "signed_out",
    "expired",
)


STORMS = ("good", "offline", "offline", "lost", "lost", "unheard", "unheard", "cut", "slow", "blackhole")
SUBMISSIONS = 0.4  # as `how`: the fault waits for the submission itself


class Weather:
    """What lies between the phone and the server at the moment; `name` says which."""

    def __init__(self, field: Field, phone: Phone, shopper: Shopper, ledger: Ledger) -> None:
        self.name = "good"
        self._field, self._phone, self._shopper, self._ledger = field, phone, shopper, ledger

    def become(self, name: str, how: float = 0.5) -> None:
        """Change; `how` from 0 to 1 says how much."""
        was, self.name = self.name, name
        self._ledger.hits += self._field.faults.hits
        self._field.heal()
        if was == "offline":
            self._phone.offline(False)
        if was == "signed_out":
            self._phone.sign_in(self._shopper.cookies)
        getattr(self, f"_{name}")(how)

    def _good(self, how: float) -> None:
        pass

    def _offline(self, how: float) -> None:
        self._phone.offline()

    def _slow(self, how: float) -> None:
        self._field.proxy.upload = 15_000 + 60_000 * how
        self._field.proxy.latency = 0.15

    def _cut(self, how: float) -> None:
        """Everything breaks in the middle of a request."""
        self._field.proxy.cut_after = int(200 + 40_000 * how * how)

    def _refuse(self, how: float) -> None:
        self._field.proxy.become("refuse")

    def _blackhole(self, how: float) -> None:
        self._field.proxy.become("blackhole")

    def _lost(self, how: float) -> None:
        """Done, but answered by an error."""
        self._field.faults.fail(_api(how), 500 if how < 0.5 else 503, times=2, commit=True, may_miss=True)

    def _unheard(self, how: float) -> None:
        """Done, and the answer never arrives."""
        self._field.faults.add(_api(how), times=1 + int(2 * how), after=self._field.proxy.cut, may_miss=True)

    def _trouble(self, how: float) -> None:
        self._field.faults.fail("/api/" if how < 0.5 else ".", 500, times=None)

    def _busy(self, how: float) -> None:
        self._field.faults.fail("/api/" if how < 0.5 else ".", 503, times=None)

    def _captive(self, how: float) -> None:
        self._field.faults.captive("/api/" if how < 0.5 else ".")

    def _signed_out(self, how: float) -> None:
        self._phone.sign_out()

    def _expired(self, how: float) -> None:
        """The token is refused, again and again."""
        self._field.faults.fail("(PUT|DELETE) .*/api/", 400, times=1 + int(3 * how), may_miss=True)


def _api(how: float) -> str:
    return ["(PUT|DELETE) .*/api/", "PUT .*/submissions/", "(PUT|DELETE) .*/photos/"][int(how * 2.99)]
