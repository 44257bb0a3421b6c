"""What listens in on a call beside what the caller hears: started under a name, and stopped by it."""

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
Track = Annotated[Literal["inbound_track", "outbound_track", "both_tracks"], Field(title="Whose voice")]
OVER = ("-stopped", "-error")  # how the words of the status callbacks end
Pairs = Annotated[dict[str, str], Field(max_length=99, title="Parameters")]


@dataclass(frozen=True)
class ForkFamily:
    """A kind of fork: its noun, Twilio's resource, and the names of the commands that start and stop it."""

    noun: str
    resource: Fork
    start: str
    stop: str

    def default_name(self, command_id: int) -> str:
        """The name of a fork that the operator gave none."""
        return f"{self.noun}-{command_id}"


class ForkCommand(CallCommand):
    """Beside the call: the caller hears nothing of it, and it survives whatever they hear."""

    group = "line"
    family: ClassVar[ForkFamily]


class ForkStart(ForkCommand):
    """From now until it is stopped or the call ends; confirmed by its own status callback."""

    callback: ClassVar[str] = "status_callback"

    def wanted(self) -> dict[str, Any]:
        """What Twilio is asked for beside name and callback."""
        raise NotImplementedError

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Under a name that tells it from others, so that it can be stopped by it."""
        name = self.arguments.name or self.family.default_name(command_id)
        if name in running_forks(self.services, call, self.family):
            raise WrongState(f"there is a {self.family.noun} named {name} on this call already")
        told = {self.callback: f"{self.services.config['PUBLIC_URL']}/voice/fork?command={command_id}"}
        asked = {"name": name, **told, **self.wanted()}
        when_live(
            self.services,
            call.call_sid,
            lambda: self.services.twilio.forks.start(call.call_sid, self.family.resource, **asked),
        )
        self.note = name
        return CallFacts(call.call_sid, None)


class ForkStopArguments(Arguments):
    """Its name or sid; needs none while one alone was started here."""

    name: Name = None


class ForkStop(ForkCommand):
    """Over at once; what was started by others needs its name."""

    Arguments = ForkStopArguments

    proof = "answer"  # twilio's answer tells its status

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """The one that is named, or the only one."""
        name = self.arguments.name or self._only_one(call)
        try:
            shown = self.services.twilio.forks.stop(call.call_sid, self.family.resource, name)
        except CallNotFound as error:
            raise WrongState(
                f"there is no {self.family.noun} named {name} on this call", twilio_code=error.twilio_code
            ) from None
        if shown["status"] != "stopped":
            raise TwilioFailed(f"Twilio says that the {self.family.noun} is {shown['status']}")
        self.note = name
        return CallFacts(call.call_sid, None)

    def _only_one(self, call: Call) -> str:
        names = running_forks(self.services, call, self.family)
        if not names:
            raise WrongState(
                f"no {self.family.noun} was started here on this call; one of others needs its name"
            )
        if len(names) > 1:
            raise WrongState(f"there are several, say which by its name: {', '.join(names)}")
        return names[0]


def running_forks(services: CallServices, call: Call, family: ForkFamily) -> list[str]:
    """Names of what was started on the call by commands, and not stopped since as far as anybody told."""
    over = {
        event.command_id
        for event in services.registry.events.of_call(call.call_sid)
        if event.kind == "webhook.fork" and event.details.get("happened", "").endswith(OVER)
    }
    names: list[str] = []
    for command in services.registry.commands.of_call(call.call_sid):
        name, done = command.arguments.get("name"), command.state in ("accepted", "confirmed")
        if command.command == family.start and done and command.id not in over:
            names.append(name or family.default_name(command.id))
        elif command.command == family.stop and done:
            names = [one for one in names if one not in (name, command.message)]
    return names


def numbered(parameters: dict[str, str]) -> dict[str, str]:
    """Custom parameters as Twilio's API takes them: `Parameter1.Name`, `Parameter1.Value`, up to 99."""
    wire: dict[str, str] = {}
    for number, (name, value) in enumerate(parameters.items(), start=1):
        wire |= {f"parameter{number}_name": name, f"parameter{number}_value": value}
    return wire
