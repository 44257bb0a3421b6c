"""The one declaration of an admin route: path, method and role in the decorator, the rest in the signature.

    @route("GET", "/calls", role="viewer")
    def list_calls(query: CallsQuery) -> CallPage:
        ...

The parameters `query` and `body` are models, which check the input. All other parameters come from the path. The
return type is the answer. The guard, the input checks, the OpenAPI document and the docs page are made from this
declaration. A function like this in a module of this package is a route; no list names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from types import UnionType
from typing import Any, ClassVar, get_args, get_type_hints

from flask import Response
from pydantic import BaseModel, ConfigDict

from voice.control.base import CommandKind
from voice.json_record import adapter
from voice.operators.roles import Role
from voice.services import Services
from voice.web.admin.inputs import read_body, read_query

JSON = "application/json"
Function = Callable[..., Any]
Commands = Callable[[Services], Iterable[CommandKind]]


class Answer(BaseModel):
    """The JSON object that a route answers with. `http_status` replaces the status of the route."""

    model_config = ConfigDict(extra="forbid")
    http_status: ClassVar[int | None] = None


@dataclass(eq=False)
class Route:
    """One route: who may call it, what it takes, and what it answers with. Flask calls it as the view."""

    function: Function
    method: str
    path: str
    role: Role
    status: int
    media_type: str
    longest_body: int | None
    commands: Commands | None

    def __post_init__(self) -> None:
        self.name, self.__module__, self.__doc__ = (
            self.function.__name__, self.function.__module__, self.function.__doc__,
        )  # fmt: skip

    @cached_property
    def _types(self) -> dict[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    @property
    def query(self) -> type[BaseModel] | None:
        """The model of the query string."""
        return self._types.get("query")

    @property
    def body(self) -> type[BaseModel] | None:
        """The model of the JSON body."""
        return self._types.get("body")

    @property
    def answer(self) -> Any:
        """The type of the answer: a model, a record, a union of them, or Response for what is not JSON."""
        return self._types["return"]

    @property
    def answers(self) -> dict[int, Any]:
        """The types of the answer by HTTP status."""
        kinds = get_args(self.answer) if isinstance(self.answer, UnionType) else (self.answer,)
        return {getattr(kind, "http_status", None) or self.status: kind for kind in kinds}

    def __call__(self, **path: Any) -> Response:
        """Check the input, run the function, and send its answer."""
        given: dict[str, Any] = {"query": read_query(self.query)} if self.query else {}
        if self.body:
            given["body"] = read_body(self.body)
        answer = self.function(**path, **given)
        return answer if isinstance(answer, Response) else self._response(answer)

    def _response(self, answer: Any) -> Response:
        status = getattr(answer, "http_status", None) or self.status
        return Response(adapter(self.answer).dump_json(answer, by_alias=True), status, mimetype=JSON)


def route(
    method: str,
    path: str,
    *,
    role: Role,
    status: int = 200,
    media_type: str = JSON,
    longest_body: int | None = None,
    commands: Commands | None = None,
) -> Callable[[Function], Route]:
    """Declare a function as a route; `path` is below `/admin`, `role` is the lowest that may call it.

    `status`: of a success. `media_type`: of a function that returns a Response. `longest_body`: in bytes.
    `commands`: the commands that the route runs, whose arguments are its body.
    """
    return lambda function: Route(function, method, path, role, status, media_type, longest_body, commands)
