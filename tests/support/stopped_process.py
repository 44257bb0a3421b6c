"""A worker process that stops (SIGSTOP) before its first request to Twilio, after it has recorded it as sent.

`python -m tests.support.stopped_process plan` runs the due plans, `bulk` the bulk runs, with the settings in its
environment, and exits.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()  # as the worker does

import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402

from voice import build_services  # noqa: E402
from voice.bulk.attempt import Attempts  # noqa: E402
from voice.bulk.worker import BulkWorker  # noqa: E402
from voice.config import load  # noqa: E402
from voice.plans.due import DuePlans  # noqa: E402


class StopOnce:
    """The pace of requests to Twilio: the process stops before the first one."""

    def __init__(self) -> None:
        self._has_stopped = False

    def __enter__(self) -> None:
        if not self._has_stopped:
            self._has_stopped = True
            os.kill(os.getpid(), signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        """Go on."""


def main(work: str) -> None:
    """Do the work that is due."""
    services = build_services(load(os.environ, dotenv=None))
    paced = services.with_pace(StopOnce())
    if work == "plan":
        DuePlans(paced).run()
    else:
        worker = BulkWorker(services)
        worker._attempts = Attempts(paced)
        worker.run_due()
    services.close()


if __name__ == "__main__":
    main(sys.argv[1])
