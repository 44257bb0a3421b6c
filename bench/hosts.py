"""Many hosts that record webhooks, in one process: `python hosts.py DATABASE_URL HOSTS AT_ONCE SECONDS`.

Each host has its own registry of the checkout under test, with its own connections and its own group commit; HTTP,
signature and TwiML are left out. Prints the number of webhooks recorded, and of those that would wait in a spool.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import secrets  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402

import gevent  # noqa: E402

from voice.calls import CallFacts  # noqa: E402
from voice.errors import RegistryUnavailable  # noqa: E402
from voice.events import NewEvent  # noqa: E402
from voice.registry import Registry  # noqa: E402

DETAILS = {"CallStatus": "ringing", "Direction": "inbound", "From": "+14155550199", "To": "+14155550100"}


def record_until(end: float, registry: Registry, counts: Counter[str]) -> None:
    """Record the first webhooks of new calls, one after the other."""
    while time.monotonic() < end:
        call_sid = f"CA{secrets.token_hex(16)}"
        event = NewEvent("webhook.incoming", "twilio", call_sid, DETAILS, f"key:{call_sid}")
        facts = CallFacts(call_sid, "ringing", "+14155550199", "+14155550100", "inbound", scene="menu")
        try:
            registry.events.record(event, facts)
        except RegistryUnavailable:
            counts["spooled"] += 1
        else:
            counts["recorded"] += 1


def main(url: str, hosts: int, at_once: int, seconds: float) -> None:
    """Record on all hosts at once, and print the counts."""
    registries, counts = [Registry(url) for _ in range(hosts)], Counter[str]()
    end = time.monotonic() + seconds
    gevent.joinall([
        gevent.spawn(record_until, end, registry, counts) for registry in registries for _ in range(at_once)
    ])  # fmt: skip
    print(json.dumps({"recorded": counts["recorded"], "spooled": counts["spooled"]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
