"""The OpenAPI document and its page name every admin route."""

from __future__ import annotations

import re

from tests.support.clients import ADMIN_TOKEN, Operator

COMMAND_ROUTES = ("admin.run_command", "admin.run_alone")  # documented once per command


def test_the_api_document_names_every_admin_route(sqlite_app):
    operator = Operator(sqlite_app.test_client(), ADMIN_TOKEN)
    paths = operator.get("/openapi.json").json["paths"]
    page = operator.get("/docs").text
    for rule in sqlite_app.url_map.iter_rules():
        if not rule.endpoint.startswith("admin.") or rule.endpoint in COMMAND_ROUTES:
            continue
        path = re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
        assert {method.lower() for method in rule.methods - {"HEAD", "OPTIONS"}} <= set(paths[path]), path
        assert path in page


def test_a_command_without_a_call_is_not_documented_under_a_call(sqlite_app):
    paths = Operator(sqlite_app.test_client(), ADMIN_TOKEN).get("/openapi.json").json["paths"]
    assert [path for path in paths if path.endswith("}/dial")] == []
