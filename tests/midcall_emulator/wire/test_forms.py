"""Forms of webhooks."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from midcall_emulator.wire.urls import encode_form


@pytest.mark.parametrize("value", ["", "a b", "+1415", "ä", "a&b=c%", "~-_.", "日本\n"])
def test_forms_are_encoded_as_urllib_encodes_them(value: str) -> None:
    pairs = [("From", value), (value, "x"), ("From", value)]
    assert encode_form(pairs) == urlencode(pairs)
