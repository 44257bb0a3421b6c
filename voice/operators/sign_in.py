"""Sign-in to the console: by password, with a limit on attempts, or by a sign-in link."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from voice.audit import Actor, KindName, NewAuditEntry
from voice.config import Config
from voice.errors import NotSignedIn, TooManyAttempts
from voice.operators import passwords
from voice.operators.roles import Operator
from voice.registry import Registry
from voice.registry.operators import OperatorRecord
from voice.registry.sessions import Session
from voice.registry.throttle import RateLimit

# One account has at most ten checked attempts a minute: eight from any address, and two more from a browser in which
# its operator signed in before. So a flood of guesses locks no operator out.
ACCOUNT = RateLimit(burst=4, every=15)
ACCOUNT_AND_ADDRESS = RateLimit(burst=3, every=30)
ADDRESS = RateLimit(burst=10, every=3)
KNOWN_BROWSER = RateLimit(burst=1, every=60)

# Attempts beyond the limits fill no disk: one entry a minute for each address, and thirty for all of them.
LIMIT_ENTRIES_OF_ADDRESS = RateLimit(burst=1, every=60)
LIMIT_ENTRIES = RateLimit(burst=30, every=2)


@dataclass(frozen=True)
class Visitor:
    """The browser that signs in. `device` is the mark that an earlier sign-in left in it."""

    address: str
    user_agent: str
    device: str | None = None


class SignIn:
    """The rules of signing in, for one configuration and registry."""

    def __init__(self, config: Config, registry: Registry):
        self._config, self._registry = config, registry
        self._idle_limit = timedelta(hours=config["SESSION_IDLE_HOURS"])
        self._age_limit = timedelta(hours=config["SESSION_HOURS"])

    def by_password(self, name: str, password: str, visitor: Visitor) -> str:
        """Open a session; its secret. Raises NotSignedIn, TooManyAttempts. No answer reveals which names exist."""
        found = self._registry.operators.get(name)
        if not self._may_try(name, visitor):
            self._note_limit(found, visitor)
            raise TooManyAttempts("Too many attempts. Wait a minute, or ask an admin for a sign-in link.")
        usable = found if found and found.disabled_at is None else None
        if not passwords.matches(password, usable.password_hash if usable else None):
            self._note_failure("sign_in.failed", found, visitor, _reason(found))
            raise NotSignedIn("The name or the password is wrong. Try again.")
        return self._open(name, visitor, by_link=False)

    def by_link(self, link: str, visitor: Visitor) -> str:
        """Open a session; its secret. Raises NotSignedIn if the link was used or is too old."""
        name = self._registry.links.use(link)
        found = self._registry.operators.get(name) if name else None
        if found is None or found.disabled_at is not None:
            reason = "disabled" if found else "invalid link"
            self._note_failure("sign_in.failed", found, visitor, reason)
            raise NotSignedIn(
                "This sign-in link has been used, or is older than a day. Ask an admin for a new one."
            )
        return self._open(found.name, visitor, by_link=True)

    def session(self, secret: str) -> Session | None:
        """The session of a cookie's secret, if it is still valid."""
        return self._registry.sessions.get(secret, self._idle_limit, self._age_limit)

    def operator(self, secret: str) -> Operator:
        """The operator of a cookie's secret. Raises NotSignedIn."""
        found = self.session(secret)
        if found is None:
            raise NotSignedIn("Sign in first.")
        return Operator(found.operator, found.role)

    def sessions_of(self, name: str) -> list[Session]:
        """The open sessions of an operator, newest first."""
        return self._registry.sessions.of_operator(name, self._idle_limit, self._age_limit)

    def device_mark(self, name: str) -> str:
        """The value by which a browser is recognized as one that this operator has signed in with."""
        secret_key: str = self._config["SECRET_KEY"]
        return hmac.digest(secret_key.encode(), f"device:{name}".encode(), "sha256").hex()

    def _may_try(self, name: str, visitor: Visitor) -> bool:
        allow = self._registry.throttle.allow
        device = visitor.device or ""
        known = hmac.compare_digest(device.encode(), self.device_mark(name).encode())
        if known and allow({attempt_key("known browser", name): KNOWN_BROWSER}):
            return True
        return allow(
            {
                attempt_key("address", visitor.address): ADDRESS,
                attempt_key("account", name, visitor.address): ACCOUNT_AND_ADDRESS,
                attempt_key("account", name): ACCOUNT,
            }
        )

    def _note_limit(self, found: OperatorRecord | None, visitor: Visitor) -> None:
        limits = {
            attempt_key("limit entry", visitor.address): LIMIT_ENTRIES_OF_ADDRESS,
            attempt_key("limit entries"): LIMIT_ENTRIES,
        }
        if self._registry.throttle.allow(limits):
            self._note_failure("sign_in.limited", found, visitor, "too many attempts")

    def _note_failure(
        self, kind: KindName, found: OperatorRecord | None, visitor: Visitor, reason: str
    ) -> None:
        """Append a failure to the audit trail. A name without an account is left out: it may be a password."""
        details = {"reason": reason, "browser": visitor.user_agent[:200]}
        actor = Actor("visitor", visitor.address[:80])
        self._registry.audit.append(NewAuditEntry(kind, actor, found.name if found else None, details))

    def _open(self, name: str, visitor: Visitor, *, by_link: bool) -> str:
        return self._registry.sessions.open(
            name, visitor.address, visitor.user_agent, by_link=by_link, oldest=self._age_limit
        )


def _reason(found: OperatorRecord | None) -> str:
    if found is None:
        return "no such account"
    if found.disabled_at is not None:
        return "disabled"
    return "wrong password" if found.password_hash else "no password yet"


def attempt_key(*parts: str) -> str:
    """The key of a rate limit; a hash, because a name may be a password that was typed into the wrong field."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
