"""What a command is: a name, a title, a role, typed arguments, and the change it asks of Twilio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice.calls import Call, CallFacts
from voice.errors import ArgumentsRefused, WrongState
from voice.scenes.scene import Scene, scene_url

if TYPE_CHECKING:
    from voice.services import Services


Proof = Literal["visit", "end", "answer", "none"]
GROUPS = ("talk", "place", "room", "record", "line", "end", "all")  # how commands are shown, in this order
URL_LIMIT = 4000  # characters of a URL that Twilio takes


class Arguments(BaseModel):
    """The arguments of a command; also its form, its schema and its CLI options."""

    model_config = ConfigDict(extra="forbid")


class DroppingArguments(Arguments):
    """The arguments of a command that would hang up on whoever talks to the call."""

    even_if_dropping: Annotated[bool, Field(title="Even if somebody is hung up on")] = False


class Command:
    """One command with its arguments, for one call. A subclass with a `name` is in the catalogue."""

    name: ClassVar[str] = ""
    title: ClassVar[str]
    role: ClassVar[str] = "operator"
    group: ClassVar[str] = "place"
    needs_call: ClassVar[bool] = True
    needs_room: ClassVar[bool] = False  # makes no sense for a call outside of one
    dials_out: ClassVar[bool] = False  # makes a phone ring: not during an emergency stop, never twice
    Arguments: ClassVar[type[Arguments]] = Arguments
    note: str | None = None  # what the operator is told beside a success
    doubt: str | None = None  # why it is unconfirmed, where Twilio's answer shows something else

    def __init__(self, arguments: Mapping[str, Any], services: Services):
        """Raises ArgumentsRefused with all that is wrong, by field."""
        self.services = services
        self.arguments: Any = checked(self.Arguments, arguments)
        self.check()

    def check(self) -> None:
        """Refuse what the model alone cannot see. Raises ArgumentsRefused."""

    @property
    def proof(self) -> Proof:
        """What shows that it happened.

        `visit`: Twilio comes by with the command's id; `end`: it reports the call's end; `answer`: its answer shows
        what was asked for; `none`: it said yes, and the worker asks what it then reported.
        """
        return "visit"

    def drops(self, call: Call) -> list[Call]:
        """Who would be hung up on: for a command with DroppingArguments, those who would have nobody to talk to."""
        return would_lose(self.services, call) if self._may_drop else []

    @property
    def may_go_on(self) -> bool:
        """True if the operator has said that somebody may be hung up on, or that is what the command is for."""
        return not self._may_drop or self.arguments.even_if_dropping

    @property
    def _may_drop(self) -> bool:
        return isinstance(self.arguments, DroppingArguments)

    def answer_for_ended(self, call: Call) -> str:
        """What to say of a call that has ended already; raises WrongState where that is a failure."""
        raise WrongState("the call has ended")

    def execute(self, call: Call | None, command_id: int) -> CallFacts | None:
        """Ask Twilio, once; what it says of the call, if it is about one. Raises as TwilioApi does."""
        raise NotImplementedError

    @classmethod
    def unfilled(cls, services: Services) -> Self:
        """The command before its arguments are known: for `drops`, which does not depend on them."""
        command = cls.__new__(cls)
        command.services, command.arguments = services, cls.Arguments.model_construct()
        return command

    @classmethod
    def as_json(cls) -> dict[str, Any]:
        """The command as the catalogue's list shows it."""
        return {
            "name": cls.name,
            "title": cls.title,
            "help": (cls.__doc__ or "").partition("\n")[0],
            "group": cls.group,
            "role": cls.role,
            "needs_call": cls.needs_call,
            "schema": cls.Arguments.model_json_schema(),
        }


def would_lose(services: Services, call: Call) -> list[Call]:
    """Who has nobody to talk to any more once this call is somewhere else."""
    registry = services.registry
    return registry.rooms.left_alone(call) if call.in_room else registry.calls.talking_to(call)


def checked(model: type[BaseModel], given: Mapping[str, Any], where: str = "") -> Any:
    """The model's instance. Raises ArgumentsRefused, which names every field that is wrong."""
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        fields = [
            {"field": where + ".".join(str(part) for part in wrong["loc"]), "message": wrong["msg"]}
            for wrong in error.errors(include_url=False)
        ]
        raise refused(fields) from None


def refused(fields: list[dict[str, Any]]) -> ArgumentsRefused:
    """The one error for arguments, its message made of the fields'."""
    told = "; ".join(
        f"{wrong['field']}: {wrong['message']}" if wrong["field"] else wrong["message"] for wrong in fields
    )
    return ArgumentsRefused(told, fields=fields)


def checked_scene(services: Services, name: str, params: Mapping[str, Any]) -> Scene:
    """The scene, its parameters valid. Raises ArgumentsRefused."""
    scene = services.scenes.get(name)
    if scene is None:
        known = ", ".join(services.scenes)
        raise refused([{"field": "scene", "message": f"there is no scene {name!r}; there are: {known}"}])
    checked(scene.params, params, where="params.")
    return scene


def url_of_scene(
    services: Services, name: str, params: Mapping[str, Any], command_id: int | None = None
) -> str:
    """The scene's URL with its parameters as they go over the wire, and the command that leads there, if any does."""
    values = services.scenes[name].params.model_validate(dict(params))
    url = scene_url(services.config, name, values.model_dump(exclude_unset=True), command_id)
    if len(url) > URL_LIMIT:
        message = f"makes a URL of {len(url):,} characters, and Twilio takes {URL_LIMIT:,}: shorten the text"
        raise refused([{"field": "", "message": message}])
    return url
