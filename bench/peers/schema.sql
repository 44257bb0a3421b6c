-- The tables of both peers: the call in its present state, and an event for each webhook.
CREATE TABLE IF NOT EXISTS calls (
    call_sid        TEXT PRIMARY KEY,
    parent_call_sid TEXT,
    direction       TEXT NOT NULL,
    from_number     TEXT NOT NULL,
    to_number       TEXT NOT NULL,
    status          TEXT NOT NULL,
    scene           TEXT,
    started_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    call_sid    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    params      TEXT NOT NULL,
    dedupe_key  TEXT NOT NULL UNIQUE,
    recorded_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_of_a_call ON events (call_sid, id);
