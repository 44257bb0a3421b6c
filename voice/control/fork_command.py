"""Base classes of the commands for forks: streams, transcriptions and SIPREC sessions.

A fork runs beside the call. The caller does not notice it, and it continues when the call changes its place. A command
starts it under a name, and another one stops it by that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments, CallCommand
from voice.control.call_services import CallServices
from voice.control.live_update import when_live
from voice.errors import CallNotFound, TwilioFailed, WrongState
from voice.twilio.forks import Fork
from voice.validation import Pattern

Name = Annotated[str | None, Pattern(r"[\w.-]{1,64}", "Enter a name like session-1."), Field(title="Name")]
Track = Annotated[Literal["inbound_track", "outbound_track", "both_tracks"], Field(title="Audio track")]
Parameters = Annotated[dict[str, str], Field(max_length=99, title="Parameters")]
LAST_EVENTS = ("-stopped", "-error")  # the ends of the event names that status callbacks report last


@dataclass(frozen=True)
class ForkFamily:
    """A kind of fork: its noun, Twilio's resource, and the names of the commands that start and stop it."""

    noun: str
    resource: Fork
    start: str
    stop: str

    def default_name(self, command_id: int) -> str:
        """The name of a fork for which the operator entered none."""
        return f"{self.noun}-{command_id}"


class ForkCommand(CallCommand):
    """A command for a fork of the call."""

    group = "line"
    family: ClassVar[ForkFamily]


class ForkStart(ForkCommand):
    """Starts a fork. The status callback of the fork confirms the command."""

    callback: ClassVar[str] = "status_callback"

    def attributes(self) -> dict[str, Any]:
        """Twilio's attributes of the fork, apart from its name and its status callback."""
        raise NotImplementedError

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Start the fork. Raises WrongState if a fork of that name runs."""
        name = self.arguments.name or self.family.default_name(command_id)
        if name in running_forks(self.services, call, self.family):
            raise WrongState(f"A {self.family.noun} named {name} is running. Choose another name.")
        callback = f"{self.services.config['PUBLIC_URL']}/voice/fork?command={command_id}"
        attributes = {"name": name, self.callback: callback, **self.attributes()}
        forks, resource = self.services.twilio.forks, self.family.resource
        when_live(self.services, call.call_sid, lambda: forks.start(call.call_sid, resource, **attributes))
        self.note = name
        return CallFacts(call.call_sid, None)


class ForkStopArguments(Arguments):
    """The name or the SID of the fork; not needed if Midcall has started exactly one."""

    name: Name = None


class ForkStop(ForkCommand):
    """Stops a fork. A fork that Midcall did not start needs its name."""

    proof = "answer"  # it shows the status of the fork
    Arguments = ForkStopArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Stop the named fork, or the only one. Raises WrongState if there is none."""
        noun, name = self.family.noun, self.arguments.name or self._only_name(call)
        try:
            fork = self.services.twilio.forks.stop(call.call_sid, self.family.resource, name)
        except CallNotFound as error:
            message = f"There is no {noun} named {name} on this call. Check the name."
            raise WrongState(message, twilio_code=error.twilio_code) from None
        if fork["status"] != "stopped":
            raise TwilioFailed(f"Twilio accepted the request, but the {noun} is {fork['status']}.")
        self.note = name
        return CallFacts(call.call_sid, None)

    def _only_name(self, call: Call) -> str:
        names = running_forks(self.services, call, self.family)
        if not names:
            raise WrongState(
                f"Midcall started no {self.family.noun} on this call. Enter its name to stop it."
            )
        if len(names) > 1:
            raise WrongState(f"Several are running. Enter one of these names: {', '.join(names)}.")
        return names[0]


def running_forks(services: CallServices, call: Call, family: ForkFamily) -> list[str]:
    """The names of the forks that commands started and that no command or status callback has reported as over."""
    over = {
        event.command_id
        for event in services.registry.events.of_call(call.call_sid)
        if event.kind == "webhook.fork" and event.details.get("happened", "").endswith(LAST_EVENTS)
    }
    names: list[str] = []
    for command in services.registry.commands.of_call(call.call_sid):
        name, succeeded = command.arguments.get("name"), command.state in ("accepted", "confirmed")
        if command.command == family.start and succeeded and command.id not in over:
            names.append(name or family.default_name(command.id))
        elif command.command == family.stop and succeeded:
            names = [one for one in names if one not in (name, command.message)]
    return names


def numbered(parameters: dict[str, str]) -> dict[str, str]:
    """Custom parameters in the form of Twilio's API: `Parameter1.Name`, `Parameter1.Value`, up to 99."""
    attributes: dict[str, str] = {}
    for number, (name, value) in enumerate(parameters.items(), start=1):
        attributes |= {f"parameter{number}_name": name, f"parameter{number}_value": value}
    return attributes
