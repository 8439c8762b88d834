"""A real server whose connection is cut, ends or is not there: no second is lost."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from desktop.paths import DataDir
from desktop.settings import Settings, StorageSettings
from desktop.store import (
    HandoverStore,
    SessionStore,
    StoreError,
    recording_store_for,
    waiting_store_for,
)
from tests.databases import empty_database
from tests.laptop import (
    DETAILS,
    SESSION,
    STARTED,
    Clock,
    begin,
    second,
)

# A real connection that is cut


class Cable:
    """A loopback port that leads to the server, until it is pulled out."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lines: list[socket.socket] = []
        self._plug_in()

    def _plug_in(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._lines += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for line in (one, other):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def pull(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._lines.clear()

    def put_back(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._plug_in()


@pytest.fixture
def server_address(tmp_path: Path) -> Iterator[str]:
    with empty_database("postgresql", tmp_path) as address:
        yield address


def test_a_real_connection_that_is_cut_and_mended(server_address: str, tmp_path: Path) -> None:
    url = make_url(server_address)
    assert url.host is not None
    assert url.port is not None
    cable = Cable(url.host, url.port)
    through_cable = url.set(port=cable.port).render_as_string(hide_password=False)
    settings = Settings(storage=StorageSettings(database=through_cable))
    store = recording_store_for(settings, DataDir(tmp_path))
    waiting = waiting_store_for(settings, DataDir(tmp_path))
    assert isinstance(store, HandoverStore)
    assert waiting is not None
    clock = Clock()
    store._clock = clock
    begin(store)
    for number in range(30):
        if number in (5, 20):
            cable.pull()
        if number in (10, 25):
            assert len(waiting.list()) == 1
            cable.put_back()
        clock.now += 2
        store.append(SESSION, second(number))
    clock.now += 60
    store.catch_up()
    assert waiting.list() == ()
    store.finish(SESSION, STARTED + timedelta(seconds=30))
    with closing(SessionStore(server_address)) as server:
        assert server.load(SESSION).intervals == tuple(second(number) for number in range(30))
        assert server.load(SESSION).record.finished
    store.close()
    waiting.close()
    cable.pull()


def test_a_server_that_ends_our_connection_is_only_a_hiccup(server_address: str) -> None:
    store = SessionStore(server_address)
    store.begin(SESSION, DETAILS, STARTED, "m", "demo")
    engine = create_engine(server_address)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()
    store.append(SESSION, second(0))
    assert len(store.intervals(SESSION)) == 1
    store.close()


def test_a_server_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    pytest.importorskip("psycopg")
    with closing(SessionStore(f"postgresql+psycopg://u:secret@127.0.0.1:{port}/x")) as store:
        with pytest.raises(StoreError, match="Check that the database server runs") as caught:
            store.list()
        assert "secret" not in str(caught.value)
        assert not store.answers()
