"""Signing in to the console: by password, bounded against guessing, or by a link that works once."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from voice.config import Config
from voice.errors import Malformed, NotFound, NotSignedIn, TooManyAttempts
from voice.operators import passwords
from voice.operators.roles import Operator
from voice.registry import Registry
from voice.registry.sessions import Session
from voice.registry.throttle import RateLimit

# At most ten tries a minute are looked at for one account: eight from wherever, and two more from a browser
# that its person has signed in with before, so that a flood of guesses keeps nobody out.
ACCOUNT = RateLimit(burst=4, every=15)
ACCOUNT_AND_ADDRESS = RateLimit(burst=3, every=30)
ADDRESS = RateLimit(burst=10, every=3)
KNOWN_BROWSER = RateLimit(burst=1, every=60)


def link_for(config: Config, registry: Registry, name: str) -> str:
    """The address of a new link that signs this person in, once. Raises NotFound."""
    if registry.operators.get(name) is None:
        raise NotFound(f"there is nobody named {name[:80]!r}")
    return f"{config['PUBLIC_URL']}/console/sign-in/{registry.links.create(name)}"


def first_link(config: Config, registry: Registry) -> str:
    """A link for the first admin there is; on a first start there is nobody, and `admin` is added."""
    admins = (one.name for one in registry.operators.all() if one.role == "admin" and not one.disabled_at)
    return link_for(config, registry, next(admins, None) or registry.operators.add("admin", "admin").name)


@dataclass(frozen=True)
class Visitor:
    """The browser that somebody signs in with; `device` is the mark that an earlier sign-in left there."""

    address: str
    user_agent: str
    device: str | None = None


class SignIn:
    """The rules of signing in, for one configuration and registry."""

    def __init__(self, config: Config, registry: Registry):
        self._config, self._registry = config, registry
        self.idle = timedelta(hours=config["SESSION_IDLE_HOURS"])
        self.oldest = timedelta(hours=config["SESSION_HOURS"])

    def by_password(self, name: str, password: str, visitor: Visitor) -> str:
        """The secret of a new session. Raises NotSignedIn, TooManyAttempts; no answer tells which names exist."""
        if not self._may_try(name, visitor):
            raise TooManyAttempts("too many tries; wait a minute, or ask an admin for a sign-in link")
        person = self._registry.operators.get(name)
        usable = person if person and person.disabled_at is None else None
        if not passwords.fits(password, usable.password_hash if usable else None):
            raise NotSignedIn("that name and password do not go together")
        return self._open(name, visitor, by_link=False)

    def by_link(self, link: str, visitor: Visitor) -> str:
        """The secret of a new session. Raises NotSignedIn: the link was used, or is too old."""
        name = self._registry.links.use(link)
        person = self._registry.operators.get(name) if name else None
        if person is None or person.disabled_at is not None:
            raise NotSignedIn("this sign-in link has been used, or is older than a day")
        return self._open(person.name, visitor, by_link=True)

    def session(self, secret: str) -> Session | None:
        """The session behind a cookie's secret, if it is still good."""
        return self._registry.sessions.get(secret, self.idle, self.oldest)

    def operator(self, secret: str) -> Operator:
        """Who is behind a cookie's secret. Raises NotSignedIn."""
        found = self.session(secret)
        if found is None:
            raise NotSignedIn("sign in first")
        return Operator(found.operator, found.role)

    def set_password(self, session: Session, secret: str, old: str, new: str) -> None:
        """Change the password and end the person's other sessions.

        Raises Malformed; NotSignedIn if `old` is wrong. Who came by a link need not know the old one.
        """
        person = self._registry.operators.get(session.operator)
        known = person.password_hash if person else None
        if known and not session.by_link:
            self._check_old(session.operator, old, known)
        if session.operator.lower() in new.lower():
            raise Malformed("a password should not hold the name")
        self._registry.operators.set_password_hash(session.operator, passwords.kept(new))
        self._registry.sessions.close_all(session.operator, but=secret)

    def device_mark(self, name: str) -> str:
        """What a browser keeps to be known as one that this person has signed in with."""
        return hmac.digest(self._config["SECRET_KEY"].encode(), f"device:{name}".encode(), "sha256").hex()

    def _check_old(self, name: str, old: str, known: str) -> None:
        if not self._registry.throttle.allow({_key("old password", name): ACCOUNT}):
            raise TooManyAttempts("too many tries; wait a minute")
        if not passwords.fits(old, known):
            raise NotSignedIn("that is not the present password")

    def _may_try(self, name: str, visitor: Visitor) -> bool:
        take = self._registry.throttle.allow
        device = visitor.device or ""
        known = hmac.compare_digest(device.encode(), self.device_mark(name).encode())
        if known and take({_key("known browser", name): KNOWN_BROWSER}):
            return True
        return take(
            {
                _key("address", visitor.address): ADDRESS,
                _key("account", name, visitor.address): ACCOUNT_AND_ADDRESS,
                _key("account", name): ACCOUNT,
            }
        )

    def _open(self, name: str, visitor: Visitor, *, by_link: bool) -> str:
        return self._registry.sessions.open(
            name, visitor.address, visitor.user_agent, by_link=by_link, oldest=self.oldest
        )


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
