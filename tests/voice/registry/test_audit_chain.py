"""The audit trail: a hash chain that shows each change, that an erasure leaves whole, and that two workers extend."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, text, update

from tests.support.parallel_writers import run_writers
from voice.audit import Actor, NewAuditEntry, entry_from_json, json_lines
from voice.errors import NotFound
from voice.registry import AuditQuery, Registry
from voice.registry.audit_check import AuditCheck, TrailBroken, check_trail
from voice.registry.engine.audit_chain import write_audited
from voice.registry.schema.audit import chain, contents, head

ANN = Actor("ann", "10.0.0.1")
WRITERS, ENTRIES = 3, 15


def append(registry: Registry, *targets: str) -> None:
    """Append an entry for each target."""
    for target in targets:
        registry.audit.append(NewAuditEntry("token.made", ANN, target, {"role": "viewer", "näme": [1, 2.5]}))


def verify(registry: Registry, **known: str) -> AuditCheck:
    """Check the trail in the database."""
    return check_trail(registry.audit, {int(number[1:]): found for number, found in known.items()})


def change(registry: Registry, statement: Any) -> None:
    """Change a table behind the back of the store."""
    registry.database.write(lambda connection: connection.execute(statement))


def test_an_empty_trail_is_whole(registry):
    assert verify(registry).last_id == 0


def test_entries_follow_each_other_and_hold_who_did_what_from_where(registry):
    append(registry, "a", "b", "c")
    check = verify(registry)
    assert (check.last_id, check.last_hash) == registry.audit.head()
    (newest, *_), following = registry.audit.find(AuditQuery(limit=2))
    assert (newest.id, newest.actor, newest.address, newest.target) == (3, "ann", "10.0.0.1", "c")
    assert (newest.details, newest.erased, following) == ({"role": "viewer", "näme": [1, 2.5]}, False, 2)


def test_the_trail_is_found_by_kind_family_actor_and_target(registry):
    append(registry, "a")
    registry.audit.append(NewAuditEntry("person.added", Actor("bob", "shell"), "a"))
    for query, ids in (
        (AuditQuery(kind="token.made"), [1]),
        (AuditQuery(kind="person"), [2]),
        (AuditQuery(kind="perso"), []),
        (AuditQuery(actor="bob"), [2]),
        (AuditQuery(target="a"), [2, 1]),
        (AuditQuery(target="a", cursor=2), [1]),
    ):
        assert [entry.id for entry in registry.audit.find(query)[0]] == ids, query


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        (update(contents).where(contents.c.id == 2).values(actor="eve"), "content of entry 2"),
        (update(contents).where(contents.c.id == 2).values(address="10.0.0.2"), "content of entry 2"),
        (update(contents).where(contents.c.id == 2).values(target=None), "content of entry 2"),
        (update(contents).where(contents.c.id == 2).values(details={}), "content of entry 2"),
        (update(contents).where(contents.c.id == 2).values(salt="0" * 64), "content of entry 2"),
        (delete(contents).where(contents.c.id == 2), "Entry 2 has lost its content"),
        (update(chain).where(chain.c.id == 2).values(kind="token.revoked"), "Entry 2 was changed"),
        (update(chain).where(chain.c.id == 2).values(digest="0" * 64), "Entry 2 was changed"),
        (text("UPDATE audit_chain SET at = '2026-01-01 00:00:00' WHERE id = 2"), "Entry 2 was changed"),
        (update(chain).where(chain.c.id == 2).values(hash="0" * 64), "Entry 2 was changed"),
        (delete(chain).where(chain.c.id == 2), "Entry 2 is missing"),
        (delete(chain).where(chain.c.id == 1), "Entry 1 is missing"),
        (delete(chain).where(chain.c.id == 3), "entry 3 was written"),
        (update(head).values(last_id=2, last_hash="0" * 64), "Entry 2 was changed"),
    ],
)
def test_the_check_names_the_entry_that_was_changed_or_removed(registry, statement, where):
    append(registry, "a", "b", "c")
    verify(registry)
    change(registry, statement)
    with pytest.raises(TrailBroken, match=where):
        verify(registry)


def test_an_entry_that_another_program_added_is_noticed(registry):
    append(registry, "a", "b")
    last = registry.audit.find(AuditQuery(limit=1))[0][0]
    hash_of_first = next(iter(registry.audit.all())).hash
    change(registry, update(head).values(last_id=1, last_hash=hash_of_first))
    with pytest.raises(TrailBroken, match=f"Entry {last.id} was not written by Midcall"):
        verify(registry)


def test_a_chain_that_was_computed_anew_differs_from_a_known_entry(registry):
    append(registry, "a", "b")
    known = registry.audit.head()[1]
    change(registry, delete(chain))
    change(registry, delete(contents))
    change(registry, update(head).values(last_id=0, last_hash="0" * 64))
    append(registry, "a", "b", "c")
    verify(registry)
    with pytest.raises(TrailBroken, match="Entry 2 was changed"):
        verify(registry, n2=known)
    with pytest.raises(TrailBroken, match="entry 9 was written"):
        verify(registry, n9=known)


def test_an_erasure_leaves_the_chain_whole_and_is_recorded(registry):
    append(registry, "a", "b", "c")
    registry.audit.erase([2], ANN, "asked for")
    check = verify(registry)
    assert (check.last_id, check.erased_count) == (4, 1)
    entries = list(registry.audit.all())
    assert [entry.erased for entry in entries] == [False, True, False, False]
    erased = entries[1]
    assert (erased.kind, erased.actor, erased.address, erased.target, erased.details, erased.salt) == (
        "token.made", None, None, None, None, None,
    )  # fmt: skip
    assert (entries[3].kind, entries[3].details) == ("audit.erased", {"ids": [2], "reason": "asked for"})


@pytest.mark.parametrize("ids", [[1, 9], [3], [1, 2]])
def test_only_content_that_is_there_and_no_erasure_can_be_erased(registry, ids):
    append(registry, "a", "b")
    registry.audit.erase([2], ANN, "asked for")
    with pytest.raises(NotFound):
        registry.audit.erase(ids, ANN, "again")
    check = verify(registry)
    assert (check.last_id, check.erased_count) == (3, 1)


def test_an_export_can_be_checked_without_the_database(registry):
    append(registry, "a", "ü\n", "c")
    registry.audit.erase([1], ANN, "asked for")
    lines = "".join(json_lines(registry.audit.all())).splitlines()
    check = AuditCheck()
    check.read(map(entry_from_json, lines))
    check.finish()
    assert (check.last_id, check.last_hash) == registry.audit.head()
    with pytest.raises(TrailBroken, match="content of entry 3"):
        AuditCheck().read(map(entry_from_json, [line.replace('"c"', '"d"') for line in lines]))


def test_a_change_and_its_entry_are_committed_together(registry):
    def fail(_connection: Any) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_audited(registry.database, NewAuditEntry("token.made", ANN, "a"), fail)
    assert verify(registry).last_id == 0


def test_a_write_whose_answer_was_lost_is_repeated_without_effect(registry):
    entry, done = NewAuditEntry("token.made", ANN, "a"), []
    for _ in range(2):
        write_audited(registry.database, entry, done.append)
    assert (verify(registry).last_id, len(done)) == (1, 1)


def write_entries(url: str, writer: int, start: Any) -> None:
    """Append entries. Runs in its own process."""
    registry = Registry(url)
    start.wait()
    for number in range(ENTRIES):
        registry.audit.append(NewAuditEntry("token.made", Actor(f"writer {writer}", ""), str(number)))
    registry.close()


@pytest.mark.slow
def test_workers_that_append_at_the_same_time_keep_the_chain_whole(database_url):
    run_writers(write_entries, database_url, WRITERS)
    registry = Registry(database_url)
    assert verify(registry).last_id == WRITERS * ENTRIES
    by_writer = [entry.actor for entry in registry.audit.all()]
    assert by_writer != sorted(by_writer)  # they did append at the same time
    registry.close()
