"""What a command is: a name, a title, a role, typed arguments, and the change it asks of Twilio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from voice.calls import Call, CallFacts
from voice.control.call_services import CallServices
from voice.json_record import JsonRecord
from voice.validation import validate

Proof = Literal["visit", "end", "answer", "none"]
GROUPS = ("talk", "place", "room", "record", "line", "end", "all")  # how commands are shown, in this order
ALREADY_ENDED = "the call had already ended"  # the message of a command with the proof `end`


@dataclass(frozen=True)
class CommandEntry(JsonRecord):
    """A command as the catalogue lists it; `schema` is the JSON schema of its arguments."""

    name: str
    title: str
    help: str
    group: str
    role: str
    needs_call: bool
    schema: dict[str, Any]


class Arguments(BaseModel):
    """The arguments of a command; also its form, its schema and its CLI options."""

    model_config = ConfigDict(extra="forbid")


class DroppingArguments(Arguments):
    """The arguments of a command that would hang up on whoever talks to the call."""

    even_if_dropping: Annotated[bool, Field(title="Even if somebody is hung up on")] = False


class Command:
    """What every command declares, and its checked arguments. A subclass with a `name` is in the catalogue."""

    name: ClassVar[str] = ""
    title: ClassVar[str]
    role: ClassVar[str] = "operator"
    group: ClassVar[str]
    dials_out: ClassVar[bool] = False  # rings a phone: refused during an emergency stop, never repeated
    Arguments: ClassVar[type[Arguments]] = Arguments
    note: str | None = None  # shown to the operator when the command succeeds
    doubt: str | None = None  # why the command is unconfirmed although Twilio accepted it

    def __init__(self, arguments: Mapping[str, Any], services: CallServices):
        """Raises ArgumentsRefused with all that is wrong, by field."""
        self.services = services
        self.arguments: Any = validate(self.Arguments, arguments)
        self.check()

    def check(self) -> None:
        """Refuse what the model of the arguments cannot see. Raises ArgumentsRefused."""

    @property
    def proof(self) -> Proof:
        """What shows that the command was carried out.

        `visit`: Twilio requests a webhook with the command's id. `end`: Twilio reports the end of the call.
        `answer`: Twilio's answer shows the result. `none`: Twilio accepted it, and the worker reads its notes.
        """
        return "visit"

    @classmethod
    def entry(cls) -> CommandEntry:
        """The command as the catalogue lists it."""
        return CommandEntry(
            name=cls.name,
            title=cls.title,
            help=(cls.__doc__ or "").partition("\n")[0],
            group=cls.group,
            role=cls.role,
            needs_call=issubclass(cls, CallCommand),
            schema=cls.Arguments.model_json_schema(),
        )

    @classmethod
    def as_json(cls) -> dict[str, Any]:
        """The entry of the catalogue as JSON."""
        return cls.entry().as_json()


class CallCommand(Command):
    """A command for one call."""

    group = "place"
    needs_conference: ClassVar[bool] = False  # offered only for a call in a conference

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Ask Twilio once, and return what Twilio says of the call. Raises as TwilioClient.request."""
        raise NotImplementedError

    def drops(self, call: Call) -> list[Call]:
        """The calls that would be hung up on; only a command with DroppingArguments has any."""
        return would_lose(self.services, call) if self._may_drop else []

    @property
    def may_go_on(self) -> bool:
        """True if the operator accepted that another party is disconnected, or the command is for that."""
        return not self._may_drop or self.arguments.even_if_dropping

    @property
    def _may_drop(self) -> bool:
        return isinstance(self.arguments, DroppingArguments)

    @classmethod
    def unfilled(cls, services: CallServices) -> Self:
        """The command before its arguments are known: for `drops`, which does not depend on them."""
        command = cls.__new__(cls)
        command.services, command.arguments = services, cls.Arguments.model_construct()
        return command


class AccountCommand(Command):
    """A command for no call in particular: it makes a call, or changes what holds for all of them."""

    group = "all"

    def execute(self, command_id: int) -> CallFacts | None:
        """Ask Twilio once; what it says of a call, if the command made or moved one. Raises as TwilioClient.request."""
        raise NotImplementedError


CommandKind = type[CallCommand] | type[AccountCommand]


def call_commands(commands: Mapping[str, CommandKind]) -> dict[str, type[CallCommand]]:
    """The commands of the catalogue that are for one call, by name."""
    return {name: kind for name, kind in commands.items() if issubclass(kind, CallCommand)}


def would_lose(services: CallServices, call: Call) -> list[Call]:
    """Who has nobody to talk to any more once this call is somewhere else."""
    registry = services.registry
    return registry.conferences.left_alone_without(call) if call.in_room else registry.calls.talking_to(call)
