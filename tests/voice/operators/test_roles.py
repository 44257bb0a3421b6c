"""Roles: each includes those before it, and no others."""

from __future__ import annotations

import pytest

from voice.errors import NotAllowed
from voice.operators.roles import Operator

INCLUDED = {
    "viewer": ["viewer"],
    "operator": ["viewer", "operator"],
    "admin": ["viewer", "operator", "admin"],
}


@pytest.mark.parametrize("own", INCLUDED)
@pytest.mark.parametrize("needed", INCLUDED)
def test_a_role_includes_the_roles_before_it(own, needed):
    operator = Operator("ada", own)
    assert operator.has_role(needed) is (needed in INCLUDED[own])
    if needed in INCLUDED[own]:
        operator.require_role(needed)
    else:
        with pytest.raises(NotAllowed, match=f"needs the role {needed}, but ada has the role {own}"):
            operator.require_role(needed)
