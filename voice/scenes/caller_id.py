"""The number that a dialed party sees, for callers whose own number Twilio would not show.

Sources: https://www.twilio.com/docs/voice/twiml/dial#callerid, https://www.twilio.com/docs/api/errors/13214
"""

from __future__ import annotations

import re

from voice.scenes.visit import Visit

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# What Twilio sends as From of withheld numbers: RESTRICTED, BLOCKED, UNKNOWN, ANONYMOUS and UNAVAILABLE on a keypad.
# https://help.twilio.com/articles/223179988
WITHHELD = frozenset({"+7378742833", "+2562533", "+8656696", "+266696687", "+86282452253"})


def caller_id(visit: Visit) -> str | None:
    """A number of the account, if the caller has no plain number; None if Twilio shows the caller's own.

    A client needs a number of the account, and its To is whatever the app has chosen. Carriers may reject a call that
    shows a withheld number or a SIP address.
    """
    if _NUMBER.fullmatch(visit.from_) and visit.from_ not in WITHHELD:
        return None
    called = visit.to if _NUMBER.fullmatch(visit.to) and not visit.from_.startswith("client:") else None
    return visit.config["CALLER_ID"] or called or next(iter(visit.config["NUMBERS"]), None)
