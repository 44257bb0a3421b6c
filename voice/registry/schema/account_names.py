"""The names of people and tokens, folded: each is unique among both, without regard to case."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from voice.registry.schema.columns import metadata

account_names = Table("account_names", metadata, Column("folded", Text, primary_key=True))
