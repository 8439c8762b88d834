"""A laptop whose server and files fail as a test wants them to."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop.statistics import Interval, SessionDetails
from desktop.store import (
    HandoverStore,
    SessionStore,
    StoredSession,
    StoreError,
    Waiting,
)

STARTED = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
DETAILS = SessionDetails("Physics", "7-Б", "О. Коваль", "note")
SHARES = (0.05, 0.05, 0.05, 0.5, 0.2, 0.1, 0.05)
SESSION = "0b3f8f1e-6c52-4a1e-9df2-51b6cbb9a001"
OTHER = "0b3f8f1e-6c52-4a1e-9df2-51b6cbb9a002"


def second(number: int) -> Interval:
    return Interval(number, 9, 0, 5.0, 0.1, 0.5, SHARES)


class PowerCutError(Exception):
    """The laptop lost its power: nothing after this runs."""


@dataclass
class Faults:
    """Decides what happens to each call of a store; calls are counted over all stores."""

    at: dict[int, str] = field(default_factory=dict)  # number of the call -> "refuse", "forget" or "unplug"
    away: bool = False
    calls: int = 0

    def before(self) -> str:
        fault = self.at.get(self.calls, "refuse" if self.away else "")
        self.calls += 1
        if fault == "refuse":
            raise StoreError("The server does not answer.")
        if fault == "unplug before":
            raise PowerCutError
        return fault


class FaultyStore(SessionStore):
    """A store whose every transaction may fail: before it, or after it was committed."""

    def __init__(self, address: str, faults: Faults) -> None:
        super().__init__(address)
        self._faults = faults


def _faulty(name: str) -> Callable[..., Any]:
    def method(self: FaultyStore, *arguments: Any, **options: Any) -> Any:
        fault = self._faults.before()
        result = getattr(SessionStore, name)(self, *arguments, **options)
        if fault == "forget":  # committed, but the answer was lost on its way
            raise StoreError("The connection was lost.")
        if fault == "unplug":
            raise PowerCutError
        return result

    return method


for _name in ("begin", "append", "append_all", "set_markers", "finish", "merge", "load", "delete_unchanged"):
    setattr(FaultyStore, _name, _faulty(_name))


class Clock:
    """Time that passes only when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Laptop:
    """A server and a file for what waits, over as many runs of the program as a test needs."""

    address: str
    file: Path
    faults: Faults
    clock: Clock
    messages: list[Waiting] = field(default_factory=list)
    opened: list[SessionStore] = field(default_factory=list)

    def start(self, faults: Faults | None = None, waiting_faults: Faults | None = None) -> HandoverStore:
        for store in self.opened:  # the run before has ended
            store.close()
        server = FaultyStore(self.address, faults or self.faults)
        waiting = FaultyStore(f"sqlite:///{self.file}", waiting_faults or Faults())
        self.opened = [server, waiting]
        return HandoverStore(server, waiting, clock=self.clock, on_change=self.messages.append)

    def on_server(self, session_id: str = SESSION) -> StoredSession:
        with closing(SessionStore(self.address)) as server:
            return server.load(session_id)

    def waiting(self) -> list[str]:
        with closing(SessionStore(f"sqlite:///{self.file}")) as waiting:
            return [record.id for record in waiting.list()]


def begin(store: HandoverStore, session_id: str = SESSION) -> None:
    store.begin(session_id, DETAILS, STARTED, "m", "demo")
