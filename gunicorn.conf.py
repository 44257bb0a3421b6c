"""gunicorn's settings for the web app. Workers use gevent: an open event stream or a slow client costs one greenlet."""

import gc
import logging
from pathlib import Path

from voice.config import load_or_exit
from voice.errors import SettingInvalid
from voice.registry.engine.database import open_database
from voice.web.reload import keep_old_workers, mark_ready, share_readiness
from voice.web.server import BoundedWorker

settings = load_or_exit()
bind = f"{settings['LISTEN_ADDRESS']}:{settings['PORT']}"
workers = settings["WEB_CONCURRENCY"]
worker_class = "voice.web.server.BoundedWorker"
sendfile = False  # files go through the connection as well, whose clients have to take them
worker_connections = 1000
timeout = 30
graceful_timeout = 20
keepalive = 5  # seconds; an idle connection delays a graceful stop that long
limit_request_line = 8190  # a GET webhook with a long SpeechResult fits
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # heartbeats stay off the disk
forwarded_allow_ips = forwarder_headers = ""  # no header of a client says which path or scheme was asked
control_socket_disable = True  # its socket lies outside the project, shared by all apps of a user
errorlog = "-"
loglevel = settings["LOG_LEVEL"]


def on_starting(_arbiter: object) -> None:
    """Refuse to start without the file of a SQLite database: its disk may not be mounted. Ends with one line."""
    with open_database(settings["DATABASE_URL"]) as database:
        try:
            database.require_file()
        except SettingInvalid as error:
            raise SystemExit(error.message) from None


def on_reload(arbiter: object) -> None:
    """Serve with the old workers until the new ones are ready."""
    keep_old_workers(arbiter)


def pre_fork(_arbiter: object, worker: BoundedWorker) -> None:
    """Let the master see when the worker is ready."""
    share_readiness(worker)


def post_worker_init(worker: BoundedWorker) -> None:
    """Drain the spool of the previous run, stand in for a missing worker, and end event streams when the worker stops.

    Objects that exist by now live as long as the worker, so the garbage collector skips them from here on.
    """
    gc.collect()
    gc.freeze()
    extensions = worker.wsgi.extensions
    extensions["midcall"].recorder.drain_soon()
    extensions["stand_in"].start(lambda: worker.alive)
    extensions["feed"].stopping = lambda: not worker.alive
    mark_ready(worker)


def worker_exit(_arbiter: object, _worker: BoundedWorker) -> None:
    """Forget the log handlers. Python would free them after gevent's lock, and print a traceback for each."""
    logging._handlerList.clear()  # type: ignore[attr-defined]
