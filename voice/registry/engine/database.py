"""The one door to the database: connections, transactions, and how long anybody waits for them."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

import gevent
from gevent import monkey
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError

from voice.errors import RegistryUnavailable, SettingInvalid

Result = TypeVar("Result")
Row = TypeVar("Row")

LOCK_SECONDS = 0.1  # for a SQLite lock: a caller waits for who waits
TRY_AGAIN_SECONDS = 0.001
GAP_SECONDS = 0.005  # in which who waits for SQLite's lock gets it: it has no queue
_PATIENT = f"PRAGMA busy_timeout={int(LOCK_SECONDS * 1000)}"
ANSWER_SECONDS = 1.0  # the longest that PostgreSQL may take, connecting included
PATIENCE_SECONDS = 2.0
HURRY_SECONDS = 0.3
CHUNK = 200  # rows in one statement: more would keep a webhook waiting
POOL_SIZE = 5  # connections per process, not per greenlet


class Database:
    """SQLite in WAL mode, or PostgreSQL. Each commit is on disk when it returns (synchronous=FULL)."""

    def __init__(self, url: str):
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        self._patient = threading.Lock()
        self._gap_until = 0.0
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT", reading=True)

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` returns, committed. Raises RegistryUnavailable when the database cannot take it now."""
        return self._run(self.engine.begin, work)

    def write_patiently(self, work: Callable[[Connection], Result]) -> Result:
        """`write`, tried again for a while: for operators, who would rather wait than ask again.

        The waits are between the tries, where other greenlets run. Of one process one at a time tries, and leaves
        a gap behind it, so that many of them do not crowd out a webhook.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self._turn(until):
                    return self.write(work)
            except RegistryUnavailable:
                if time.monotonic() > until:
                    raise
            time.sleep(LOCK_SECONDS / 2)

    @contextmanager
    def _turn(self, until: float) -> Iterator[None]:
        if not self._patient.acquire(timeout=max(0.0, until - time.monotonic())):
            raise RegistryUnavailable("the database is busy")
        try:
            if self.is_sqlite:
                time.sleep(min(GAP_SECONDS, max(0.0, self._gap_until - time.monotonic())))
            yield
        finally:
            self._gap_until = time.monotonic() + GAP_SECONDS
            self._patient.release()

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` returns, read without a transaction. Raises RegistryUnavailable."""
        return self._run(self._reading.connect, work)

    @contextmanager
    def hurry(self) -> Iterator[None]:
        """For what a webhook would like to know and can do without: raises RegistryUnavailable before long."""
        with self._deadline(HURRY_SECONDS):
            try:
                yield
            except gevent.Timeout as error:
                raise RegistryUnavailable("the database did not answer at once") from error

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()

    def _run(
        self, opening: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], Result]
    ) -> Result:
        """Done again once if the pooled connection was dead.

        All writes carry unique keys, so that repeating one whose COMMIT got lost does nothing twice.
        """
        try:
            return self._once(opening, work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise _translated(error) from error
        try:
            return self._once(opening, work)
        except DBAPIError as error:
            raise _translated(error) from error

    def _once(
        self, opening: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], Result]
    ) -> Result:
        try:
            with self._deadline(), opening() as connection:
                return work(connection)
        except gevent.Timeout as error:
            raise RegistryUnavailable("the database did not answer in time") from error
        except DBAPIError:
            raise
        except SQLAlchemyError as error:  # the pool has no connection to give
            raise RegistryUnavailable(f"the database is busy: {error}") from error

    def _deadline(self, seconds: float = ANSWER_SECONDS * 1.5) -> AbstractContextManager[Any]:
        """In a gevent worker the socket waits of PostgreSQL can be cut short; SQLite bounds its own."""
        if self.is_sqlite or not monkey.is_module_patched("socket"):
            return nullcontext()
        return gevent.Timeout(seconds)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise SettingInvalid("DATABASE_URL is malformed: what was given cannot be read as a URL") from None


def _translated(error: DBAPIError) -> Exception:
    """A row that no database would take is our bug and stays as it is; all else is the database's state."""
    if isinstance(error, DataError | IntegrityError):
        return error
    return RegistryUnavailable(f"the database cannot be used: {' '.join(str(error.orig).split())}")


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        with suppress(OSError):  # connecting will tell
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=LOCK_SECONDS,
        connect_args={"timeout": LOCK_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue at BEGIN, where waiting is allowed, and not at their first write, where it is an error.

    SQLite's own wait would stop all greenlets of the worker, and doubles from try to try; this one lets them run.
    """
    if connection.get_execution_options().get("reading"):
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout=0")
    try:
        if not _begun_in_time(raw):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises what SQLAlchemy makes of it
    finally:
        raw.execute(_PATIENT)


def _begun_in_time(raw: sqlite3.Connection) -> bool:
    for _ in range(round(LOCK_SECONDS / TRY_AGAIN_SECONDS)):
        with suppress(sqlite3.Error):
            raw.execute("BEGIN IMMEDIATE")
            return True
        time.sleep(TRY_AGAIN_SECONDS)
    return False


def _postgresql(url: URL) -> Engine:
    milliseconds = int(ANSWER_SECONDS * 1000)
    options = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=UTC"
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=ANSWER_SECONDS,
        pool_recycle=1800,
        connect_args={"connect_timeout": 2, "options": options, "application_name": "midcall"},
    )


def in_turns(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows in pieces for one statement each; between them the other greenlets of a web worker have their turn."""
    for start in range(0, len(rows), CHUNK):
        if start:
            time.sleep(0)
        yield rows[start : start + CHUNK]


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """A database that is closed again: for commands and migrations."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
