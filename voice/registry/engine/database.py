"""The database: transactions, reads, and how long each of them waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import gevent
from gevent import monkey
from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)

from voice.errors import RegistryUnavailable, SettingInvalid
from voice.registry.engine.failures import parse_url, translate
from voice.registry.engine.limits import (
    ANSWER_SECONDS,
    HURRY_SECONDS,
    LOCK_SECONDS,
    PATIENCE_SECONDS,
)
from voice.registry.engine.once import Once
from voice.registry.engine.postgresql import create_postgresql_engine
from voice.registry.engine.read_turns import ReadTurns
from voice.registry.engine.sqlite import CREATE_OR_MOUNT, create_file, create_sqlite_engine, missing_file

Result = TypeVar("Result")
Record = TypeVar("Record")
Item = TypeVar("Item")
Work = Callable[[Connection], Result]
Opening = Callable[[], AbstractContextManager[Connection]]
GAP_SECONDS = 0.005  # SQLite's lock has no queue: a waiting webhook gets it in this gap
BURST_SECONDS = (
    0.03  # a write that follows another one so soon leaves a gap; the two writes of one command do not
)


class Database:
    """SQLite or PostgreSQL. Each commit is on disk when it returns. Methods raise RegistryUnavailable."""

    def __init__(self, url: str):
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        create_engine = create_sqlite_engine if self.is_sqlite else create_postgresql_engine
        self.engine = create_engine(self.url)
        self.before_write: Work[None] = lambda connection: None
        self.read_turns = ReadTurns(self.is_sqlite)
        self._patient = threading.Lock()
        self._gap_until = self._last_end = 0.0
        self._reading = self.engine.execution_options(**_reading_options(self.is_sqlite))

    def write(self, work: Work[Result]) -> Result:
        """Commit `work` once, and return its result. Fails soon if the database cannot take it now."""
        return self._write(self._once(work))

    def write_keyed(self, work: Work[Result]) -> Result:
        """Like `write`, for webhooks, whose rows have unique keys: after a lost answer the work runs again.

        It then raises IntegrityError.
        """
        return self._run(self.engine.begin, self._checked(work))

    def write_patiently(self, work: Work[Result]) -> Result:
        """Like `write`, but retry for a while: for operators, who prefer waiting to a failed request.

        The waits are between the tries, where other greenlets run. In one process one thread tries at a time and
        leaves a gap behind it, so that many of them do not crowd out a webhook.
        """
        until, once = time.monotonic() + PATIENCE_SECONDS, self._once(work)
        while True:
            try:
                with self._turn(until):
                    return self._write(once)
            except RegistryUnavailable:
                if time.monotonic() > until:
                    raise
            time.sleep(LOCK_SECONDS / 2)

    def execute_patiently(
        self, statement: Executable, rows: Sequence[Mapping[str, Any]] | None = None
    ) -> int:
        """Commit one statement, as `write_patiently` does; the number of rows that it changed."""
        return self.write_patiently(lambda connection: connection.execute(statement, rows).rowcount)

    def read(self, work: Work[Result]) -> Result:
        """Return the result of `work`, without a transaction."""
        return self._run(self._reading.connect, work)

    def fetch_rows(self, query: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """All rows of a query; `values` are those of its bound parameters."""
        return self.read(lambda connection: connection.execute(query, values).all())

    def fetch_column(self, query: Executable, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in self.fetch_rows(query, values)]

    def fetch_all(
        self, kind: Callable[..., Record], query: Executable, values: Mapping[str, Any] | None = None
    ) -> list[Record]:
        """A record of this kind for each row. The columns are named like its fields."""
        return [kind(**row._mapping) for row in self.fetch_rows(query, values)]

    def fetch_first(
        self, kind: Callable[..., Record], query: Executable, values: Mapping[str, Any] | None = None
    ) -> Record | None:
        """The record of the first row, or None."""
        row = self.read(lambda connection: connection.execute(query, values).first())
        return None if row is None else kind(**row._mapping)

    def insert_into(self, table: Table) -> Any:
        """An INSERT of this database's dialect, which supports ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def hurry(self) -> AbstractContextManager[None]:
        """Fail soon inside this block: for a webhook that can do without the answer."""
        return nullcontext() if self.is_sqlite else self._hurry()

    @contextmanager
    def _hurry(self) -> Iterator[None]:
        with self._deadline(HURRY_SECONDS):
            try:
                yield
            except gevent.Timeout as error:
                raise RegistryUnavailable("The database did not answer at once. Try again.") from error

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Raise RegistryUnavailable for errors of the database inside this block."""
        try:
            yield
        except DBAPIError as error:
            raise translate(error) from error

    def files(self) -> list[Path]:
        """The folder of a SQLite database, its file and the files beside it; none of PostgreSQL."""
        if not self.is_sqlite or not self.url.database or self.url.database == ":memory:":
            return []
        file = Path(self.url.database)
        return [file.parent, file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))]

    def create_file(self) -> None:
        """Create a missing SQLite file with its folder. Raises RegistryUnavailable."""
        try:
            create_file(self.url)
        except OSError as error:
            raise RegistryUnavailable(f"The database cannot be created: {error}") from error

    def require_file(self) -> None:
        """Raise SettingInvalid if the file of a SQLite database is missing: for the start of a process."""
        path = missing_file(self.url)
        if path:
            raise SettingInvalid(f"DATABASE_URL leads to {path}, which does not exist. {CREATE_OR_MOUNT}")

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()

    def _checked(self, work: Work[Result]) -> Work[Result]:
        def checked(connection: Connection) -> Result:
            self.before_write(connection)
            return work(connection)

        return checked

    def _once(self, work: Work[Result]) -> Once[Result]:
        return Once(self._checked(work), keeps_nonce=not self.is_sqlite)

    def _write(self, once: Once[Result]) -> Result:
        """A repeat may run into the rows of an attempt that was still being committed as it looked for the nonce."""
        try:
            return self._run(self.engine.begin, once.attempt)
        except IntegrityError:
            committed = self.read(once.committed) if once.is_unsure else []
            if not committed:
                raise
            return committed[0]

    @contextmanager
    def _turn(self, until: float) -> Iterator[None]:
        if not self._patient.acquire(timeout=max(0.0, until - time.monotonic())):
            raise RegistryUnavailable("The database is busy. Try again.")
        is_burst = time.monotonic() - self._last_end < BURST_SECONDS
        try:
            if self.is_sqlite:
                time.sleep(min(GAP_SECONDS, max(0.0, self._gap_until - time.monotonic())))
            yield
        finally:
            self._last_end = time.monotonic()
            self._gap_until = self._last_end + GAP_SECONDS * is_burst
            self._patient.release()

    def _run(self, opening: Opening, work: Work[Result]) -> Result:
        """Repeat the work if the pooled connection was dead, or if it broke."""
        try:
            return self._attempt(opening, work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise translate(error) from error
        try:
            return self._attempt(opening, work)
        except DBAPIError as error:
            raise translate(error) from error

    def _attempt(self, opening: Opening, work: Work[Result]) -> Result:
        deadline = self._deadline()
        try:
            with deadline, opening() as connection:
                return work(connection)
        except gevent.Timeout as error:
            if (
                error is deadline
            ):  # a healthy server would have ended the statement before: see statement_timeout
                self.engine.dispose()
            raise RegistryUnavailable("The database did not answer in time. Try again.") from error
        except StatementError:  # of the database, or of a value that cannot be stored
            raise
        except SQLAlchemyError as error:  # the pool has no free connection, for example
            raise RegistryUnavailable(f"The database is busy: {error}") from error

    def _deadline(self, seconds: float = ANSWER_SECONDS * 1.5) -> AbstractContextManager[Any]:
        """Cut PostgreSQL's socket waits short; this works in a gevent process. SQLite bounds its own waits."""
        if self.is_sqlite or not monkey.is_module_patched("socket"):
            return nullcontext()
        timeout: AbstractContextManager[Any] = gevent.Timeout(seconds)
        return timeout


def _reading_options(is_sqlite: bool) -> dict[str, Any]:
    """Reads have no transaction. The connections of SQLite begin none, so their mode is not switched each time."""
    return {"reading": True} if is_sqlite else {"reading": True, "isolation_level": "AUTOCOMMIT"}


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """A database for the length of a block: for commands and migrations."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
