"""`flask audit` lists, exports, checks and erases the trail of who did what."""

from __future__ import annotations

import json

from sqlalchemy import update

from tests.support.command_line import error_of, output_of, usage_error_of
from voice.audit import Actor, NewAuditEntry
from voice.registry.schema.audit import contents


def append(registry, *targets):
    """Append an entry for each target."""
    for target in targets:
        registry.audit.append(NewAuditEntry("token.made", Actor("ann", "10.0.0.1"), target))


def test_list_shows_who_did_what_and_from_where(app, registry):
    append(registry, "nightly", "daily")
    first, second = output_of(app, "audit", "list").splitlines()
    assert "token.made" in first
    assert "ann (10.0.0.1)  daily" in first
    assert "nightly" in second
    assert output_of(app, "audit", "list", "--target", "nightly").count("\n") == 1
    assert output_of(app, "audit", "list", "--actor", "eve") == ""


def test_verify_prints_the_newest_entry_and_fails_on_a_change(app, registry):
    append(registry, "a", "b")
    last_id, last_hash = registry.audit.head()
    printed = output_of(app, "audit", "verify")
    assert "whole: 2 entries, 0 erased" in printed
    assert f"{last_id}:{last_hash}" in printed
    assert output_of(app, "audit", "verify", "--known", f"2:{last_hash}") == printed
    assert "Entry 1 was changed" in error_of(app, "audit", "verify", "--known", f"1:{last_hash}")
    registry.database.write(lambda connection: connection.execute(update(contents).values(actor="eve")))
    assert error_of(app, "audit", "verify") == "The content of entry 1 was changed."
    usage_error_of(app, "audit", "verify", "--known", "last")


def test_erased_entries_show_erased_in_list_and_export(app, registry):
    append(registry, "a", "b")
    assert output_of(app, "audit", "erase", "1", "--reason", "asked for") == "Erased: 1.\n"
    assert output_of(app, "audit", "list").splitlines()[-1].endswith("erased")
    assert "3 entries, 1 erased" in output_of(app, "audit", "verify")
    assert json.loads(output_of(app, "audit", "export").splitlines()[0])["erased"] is True
    assert "Check the ids" in error_of(app, "audit", "erase", "1", "--reason", "again")


def test_an_export_names_its_own_reader_and_can_be_checked(app, registry, tmp_path):
    append(registry, "a")
    exported = output_of(app, "audit", "export")
    last = json.loads(exported.splitlines()[-1])
    assert (last["id"], last["kind"]) == (2, "audit.exported")
    assert last["actor"].startswith("cli:")
    assert last["address"]
    path = tmp_path / "audit.jsonl"
    path.write_text(exported)
    assert output_of(app, "audit", "verify", "--file", str(path)) == output_of(app, "audit", "verify")
    path.write_text(exported.replace('"ann"', '"eve"'))
    assert "content of entry 1" in error_of(app, "audit", "verify", "--file", str(path))
    path.write_text(exported + "no entry\n")
    assert "not a line of an export" in error_of(app, "audit", "verify", "--file", str(path))
