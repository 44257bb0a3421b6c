"""The identity of an operator who is signed in: proved again by the password before a change of access."""

from __future__ import annotations

from datetime import timedelta

from voice.audit import Actor, NewAuditEntry
from voice.errors import Malformed, NotSignedIn, TooManyAttempts
from voice.events import now
from voice.operators import passwords
from voice.operators.sign_in import ACCOUNT, attempt_key
from voice.registry import Registry
from voice.registry.sessions import Session

CONFIRMED_FOR = timedelta(minutes=15)


class Identity:
    """The identity of one session's operator. `actor` is the operator with the address of the request."""

    def __init__(self, registry: Registry, session: Session, actor: Actor):
        self._registry, self._session, self._actor = registry, session, actor

    def is_confirmed(self) -> bool:
        """Return whether the operator signed in, or entered their password, in the last minutes."""
        confirmed_at = self._session.confirmed_at
        return confirmed_at is not None and now() - CONFIRMED_FOR < confirmed_at <= now()

    def confirm(self, password: str) -> None:
        """Confirm the identity for the next minutes. Raises NotSignedIn, TooManyAttempts."""
        self._check(password)
        self._registry.sessions.confirm(self._session.session_hash, self._actor)

    def has_password(self) -> bool:
        """Return whether the operator has set a password."""
        return self._password_hash() is not None

    def needs_old_password(self) -> bool:
        """False for the first password, and for a forgotten one soon after a sign-in by link, once."""
        return self.has_password() and not (self._session.by_link and self.is_confirmed())

    def set_password(self, secret: str, old: str, new: str) -> None:
        """Set the password, revoke unused sign-in links, and end all sessions but the one with this secret.

        Raises Malformed, and NotSignedIn if `old` is wrong.
        """
        if self.needs_old_password():
            self._check(old)
        name = self._session.operator
        if name.lower() in new.lower():
            raise Malformed("Choose a password that does not contain your name.")
        password_hash = passwords.hash_password(new, name)
        self._registry.operators.set_password_hash(name, password_hash, self._actor, keep=secret)

    def _check(self, password: str) -> None:
        name = self._session.operator
        if not self._registry.throttle.allow({attempt_key("old password", name): ACCOUNT}):
            raise TooManyAttempts("Too many attempts. Wait a minute.")
        if not passwords.matches(password, self._password_hash()):
            self._registry.audit.append(NewAuditEntry("identity.refused", self._actor, name))
            raise NotSignedIn("The current password is wrong. Try again.")

    def _password_hash(self) -> str | None:
        found = self._registry.operators.get(self._session.operator)
        return found.password_hash if found else None
