"""How gunicorn runs the web app. gevent workers: open event streams and slow clients cost a greenlet each."""

import gc
from pathlib import Path

from gunicorn.workers.ggevent import GeventWorker

from voice.config import load_or_exit

settings = load_or_exit()
bind = f"0.0.0.0:{settings['PORT']}"
workers = settings["WEB_CONCURRENCY"]
worker_class = "gevent"
worker_connections = 1000
timeout = 30
graceful_timeout = 20
keepalive = 5  # an idle connection holds up a stop for so long
limit_request_line = 8190  # long enough for a webhook by GET with a long SpeechResult
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # heartbeats off the disk
control_socket_disable = True  # it would lie outside this folder, one for all apps of a user
errorlog = "-"
loglevel = settings["LOG_LEVEL"]


def post_worker_init(worker: GeventWorker) -> None:
    """Record what the last run left in the spool; end event streams when the worker is told to stop.

    What is loaded by now stays for good: the garbage collector need not walk through it again and again.
    """
    gc.collect()
    gc.freeze()
    extensions = worker.wsgi.extensions
    extensions["midcall"].recorder.drain_soon()
    extensions["feed"].stopping = lambda: not worker.alive
