"""Error messages of arguments: each tells a person what to enter, and none shows a regular expression."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voice.commands import all_commands
from voice.errors import ArgumentsRefused
from voice.scenes import all_scenes
from voice.scenes.transfer import TransferParams
from voice.validation import Pattern, problem_text, validate

MODELS = {
    **{f"command {name}": kind.Arguments for name, kind in all_commands().items()},
    **{f"scene {name}": scene.params for name, scene in all_scenes().items()},
}


class Order(BaseModel):
    """One field for each kind of error."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=1000)]
    code: Annotated[str, Pattern(r"[a-z]+", "Enter lowercase letters.")] = "a"
    note: Annotated[str | None, Pattern(r"[a-z]+", "Enter lowercase letters."), Field(title="Note")] = None
    count: Annotated[int, Field(ge=5, le=6000)] = 5
    size: Literal["small", "large"] = "small"

    @model_validator(mode="after")
    def _not_large(self) -> Order:
        if self.size == "large":
            raise ValueError("choose a smaller size")
        return self


def message(**values: Any) -> str:
    """The one message for these values."""
    with pytest.raises(ValidationError) as raised:
        Order.model_validate({"name": "n", **values})
    [error] = raised.value.errors()
    return problem_text(error)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": ""}, "Fill in this field."),
        ({"name": "n" * 1001}, "Enter at most 1,000 characters."),
        ({"name": 7}, "Enter text."),
        ({"code": "7"}, "Enter lowercase letters."),
        ({"note": "7"}, "Enter lowercase letters."),
        ({"count": "soon"}, "Enter a whole number."),
        ({"count": 4}, "Enter 5 or more."),
        ({"count": 6001}, "Enter 6,000 or less."),
        ({"size": "medium"}, "Choose 'small' or 'large'."),
        ({"size": "large"}, "Choose a smaller size."),
        ({"color": "red"}, "Remove this unknown field."),
    ],
)
def test_an_error_tells_what_to_enter(values, expected):
    assert message(**values) == expected


def test_a_missing_field_is_to_be_filled_in():
    with pytest.raises(ArgumentsRefused) as raised:
        validate(Order, {})
    assert raised.value.fields == [{"field": "name", "message": "Fill in this field."}]


def test_an_unknown_kind_of_error_shows_nothing_internal():
    error: Any = {"type": "frozen_set_type", "loc": ("code",), "msg": "Input should be a valid frozenset"}
    assert problem_text(error) == "Enter a valid value."


def test_the_pattern_stays_in_the_json_schema():
    properties = Order.model_json_schema()["properties"]
    assert properties["code"]["pattern"] == "[a-z]+"
    assert properties["note"]["anyOf"] == [{"type": "string", "pattern": "[a-z]+"}, {"type": "null"}]
    assert properties["note"]["title"] == "Note"


@pytest.mark.parametrize(
    ("written", "dialed"),
    [
        ("+1 (415) 555-0888", "+14155550888"),
        ("+1 415.555.0888 ", "+14155550888"),
        ("sip:ann-lee@example.com", "sip:ann-lee@example.com"),
    ],
)
def test_a_phone_number_may_have_separators(written, dialed):
    assert TransferParams(to=written).to == dialed


def test_a_wrong_phone_number_shows_an_example():
    with pytest.raises(ArgumentsRefused) as raised:
        validate(TransferParams, {"to": "415 555 0888"})
    assert raised.value.fields == [{"field": "to", "message": "Enter a number like +1 415 555 0199."}]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("value", [None, [], {}, 7.5, "\n", "x" * 5000], ids=repr)
def test_no_field_shows_a_regular_expression_or_a_type(name, value):
    model = MODELS[name]
    names = [field.alias or key for key, field in model.model_fields.items()]
    try:
        validate(model, dict.fromkeys(names, value))
    except ArgumentsRefused as error:
        for wrong in error.fields or []:
            assert re.fullmatch(r"[A-Z][^^\\]+\.", wrong["message"]), wrong
            assert not re.search("Input|Value error|should", wrong["message"]), wrong
