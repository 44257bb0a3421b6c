"""The form of a webhook is read as Python's own parser reads it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.errors import Malformed
from voice.web.webhooks.form import MAX_FIELDS, parse_form

PIECES = ("a", "B=", "=", "&", "&&", "+", "%", "%2", "%2B", "%26", "%3D", "%C3%A4", "%ff", "%00", "ä", ";")
BODIES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(BODIES)
def test_a_form_has_the_fields_that_pythons_parser_finds(body):
    assert parse_form(body.encode()) == parse_qsl(body, keep_blank_values=True)


def test_bytes_that_are_no_utf_8_are_replaced():
    assert parse_form(b"a=\xff%ff") == [("a", "\ufffd\ufffd")]


def test_a_form_has_a_maximum_number_of_fields():
    assert len(parse_form(b"&".join([b"a=1"] * MAX_FIELDS))) == MAX_FIELDS
    with pytest.raises(Malformed, match="more than"):
        parse_form(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))
