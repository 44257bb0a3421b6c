"""Base classes of commands. A command declares its name, its role, its arguments and its traits, and asks Twilio.

No other module compares the name of a command: what depends on the kind of a command is declared here as a trait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from voice.calls import Call, CallFacts
from voice.control.call_services import CallServices
from voice.json_record import JsonRecord
from voice.registry.command_record import WITHOUT_WEBHOOK
from voice.twilio.permissions import Need
from voice.validation import validate

Proof = Literal["visit", "end", "answer", "log", "none"]
HoldKind = Literal["until_resumed", "during_consultation"]
# the title of each group of commands, in the order of the console and of the docs
GROUPS: Mapping[str, str] = {
    "talk": "Talk",
    "place": "Redirect",
    "room": "Conference",
    "record": "Recording",
    "line": "Line",
    "end": "End",
    "all": "Account",
}
FIRST_CHECK_SECONDS = 4.0  # of a command without a webhook: errors appear a moment after the fact
ALREADY_ENDED = "The call had already ended."  # the message of a command with the proof `end`


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
    """The arguments of a command. The console's form, the API's schema and the CLI's options are made from it."""

    model_config = ConfigDict(extra="forbid")


class DroppingArguments(Arguments):
    """The arguments of a command that disconnects the party who talks to the call."""

    even_if_dropping: Annotated[bool, Field(title="Disconnect the other party")] = False


@dataclass(frozen=True)
class Destination:
    """Where a command sends the caller: a scene, the URL of a document, or a document itself.

    Twilio requests `fallback_url` if that fails.
    Source: https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource
    """

    scene: str | None = None
    url: str | None = None
    twiml: str | None = None
    fallback_url: str | None = None


class Command:
    """What every command declares, and its checked arguments. A subclass with a `name` is in the catalogue.

    `proof` says what shows that the command was carried out; the registry stores it with the command. `visit`: a
    webhook with the command's id arrives. `end`: Twilio reports the end of the call. `answer`: Twilio's answer
    shows the result. `log`: Twilio's log of the call shows it, 15 minutes after the end of the call. `none`: nothing
    shows it for sure, so the command stays `accepted`; a visit or an error of Twilio may still settle it.
    Sources: https://www.twilio.com/docs/voice/api/call-resource#statuscallback,
    https://www.twilio.com/docs/voice/api/call-event-resource
    """

    name: ClassVar[str] = ""
    title: ClassVar[str]
    role: ClassVar[str] = "operator"
    group: ClassVar[str]
    dials_out: ClassVar[bool] = False  # rings a phone: refused during an emergency stop, never repeated
    needs: ClassVar[tuple[Need, ...]] = ("calls",)  # the resources of Twilio that it uses, for `flask doctor`
    sent_noun: ClassVar[str] = ""  # what it sends, for the message "… sent, waiting for confirmation"
    Arguments: ClassVar[type[Arguments]] = Arguments
    proof: Proof = "visit"  # a command whose proof depends on its arguments or on the call assigns it
    evidence_within: float = 60.0  # seconds after which a missing webhook is reported
    note: str | None = None  # shown to the operator when the command succeeds
    doubt: str | None = None  # why the command is unconfirmed although Twilio accepted it

    def __init__(self, arguments: Mapping[str, Any], services: CallServices):
        """Raises ArgumentsRefused with every field that is wrong."""
        self.services = services
        self.arguments: Any = validate(self.Arguments, arguments)
        self.check()

    def check(self) -> None:
        """Refuse what the model of the arguments cannot see. Raises ArgumentsRefused."""

    def rings_phone(self) -> bool:
        """True if the command rings a phone with these arguments. `destination` adds where it sends the caller."""
        return self.dials_out

    @property
    def check_after(self) -> float:
        """Seconds after which the worker first looks for evidence of the command."""
        return FIRST_CHECK_SECONDS if self.proof in WITHOUT_WEBHOOK else self.evidence_within

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
    cuts_connection: ClassVar[bool] = False  # cuts a <Connect> although the caller keeps their place
    involves_talk: ClassVar[bool] = False  # moves the parties who talk to the call as well
    hold_kind: ClassVar[HoldKind | None] = None  # puts the call on hold: who takes it back
    ends_hold: ClassVar[bool] = False  # takes the call off hold
    button: ClassVar[int] = 0  # its position among the first buttons of a call; 0 puts it into its group
    shortcut: ClassVar[str] = ""  # the key of that button

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Ask Twilio once, and return what Twilio says of the call. Raises as TwilioClient.request."""
        raise NotImplementedError

    def drops(self, call: Call) -> list[Call]:
        """The calls that would be disconnected; only a command with DroppingArguments has any."""
        return left_alone_without(self.services, call) if self._may_drop else []

    @property
    def may_go_on(self) -> bool:
        """True if the operator accepted that another party is disconnected, or the command is for that."""
        return not self._may_drop or self.arguments.even_if_dropping

    @property
    def asks_for_talk(self) -> bool:
        """True if the command must know who talks to the call."""
        return self.involves_talk or not self.may_go_on

    @property
    def _may_drop(self) -> bool:
        return isinstance(self.arguments, DroppingArguments)

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """False if the command would be refused in the present state of the call."""
        return call.live and (bool(call.in_room) or not cls.needs_conference)

    @classmethod
    def destination(cls, arguments: Mapping[str, Any]) -> Destination | None:
        """Where a command with these arguments sends the caller for good; None if it leaves them in their place."""
        return None

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
        """Ask Twilio once, and return what it says of the call that was made or moved, if any."""
        raise NotImplementedError


CommandKind = type[CallCommand] | type[AccountCommand]


def call_commands(commands: Mapping[str, CommandKind]) -> dict[str, type[CallCommand]]:
    """The commands of the catalogue that are for one call, by name."""
    return {name: kind for name, kind in commands.items() if issubclass(kind, CallCommand)}


def left_alone_without(services: CallServices, call: Call) -> list[Call]:
    """The calls that talk to this one only, and are disconnected if it is moved."""
    registry = services.registry
    return registry.conferences.left_alone_without(call) if call.in_room else registry.calls.talking_to(call)
