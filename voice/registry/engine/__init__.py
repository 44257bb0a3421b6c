"""The machinery of storage: connections, group commit, the sequence of events, the spool, migrations."""
