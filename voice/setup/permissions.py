"""The permissions of the credentials, and the commands that do not work without them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from voice.errors import CallNotFound, MidcallError
from voice.services import Services
from voice.setup.finding import Finding
from voice.twilio.permissions import PROBES, Need

CONNECTOR = (
    "Install a SIPREC connector: https://console.twilio.com/us1/develop/add-ons/catalog?tags=streamconnectors"
)


def permissions(services: Services) -> Iterator[Finding]:
    """One finding for each resource that the credentials may not use; one if they may use all; and the connectors."""
    missing = False
    for need in PROBES:
        try:
            allowed = services.twilio.permissions.has(need)
        except MidcallError as error:
            yield Finding(f"permission for {need}", error.message)
            return
        if not allowed:
            missing = True
            yield Finding(f"permission for {need}", _advice(need, commands_that_need(services)[need]))
    if not missing:
        yield Finding("permissions")
    yield from connectors(services)


def commands_that_need(services: Services) -> dict[Need, list[str]]:
    """The names of the commands that use each resource."""
    found: dict[Need, list[str]] = defaultdict(list)
    for name, kind in services.commands.items():
        for need in kind.needs:
            found[need].append(name)
    return found


def _advice(need: Need, commands: list[str]) -> str:
    effect = f"These commands will not work: {', '.join(commands)}." if commands else "Set-up will not work."
    if need == "call log":
        effect = "Midcall cannot settle commands that no webhook confirms."
    return f"{effect} Give the API key the permission for {need} in the Console (error 70051)."


def connectors(services: Services) -> Iterator[Finding]:
    """The emulator has no add-ons, so nothing is said there."""
    try:
        installed = services.twilio.marketplace.installed()
    except CallNotFound:
        return
    except MidcallError as error:
        yield Finding("SIPREC connector", look=f"{error.message} See the installed add-ons in the Console.")
        return
    names = ", ".join(installed)
    yield Finding("SIPREC connector", look=f"One of the installed add-ons: {names}" if names else CONNECTOR)
