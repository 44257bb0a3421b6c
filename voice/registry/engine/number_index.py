"""SQL for a search by the beginning or the end of a number or a name, in the form that an index finds.

LIKE finds no index on PostgreSQL unless the collation is `C`, and none for the end of a text on any database. A range
of texts does: PostgreSQL compares them byte by byte with the operators of `text_pattern_ops`, as SQLite always does.
Source: https://www.postgresql.org/docs/current/indexes-opclass.html
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

INDEXED_END = 10  # characters: the national part of most numbers
BY_BYTES = "text_pattern_ops"
_AFTER_ALL = "\U0010ffff"  # the last character of Unicode


class _Ending(FunctionElement[str]):
    """The last ten characters of a text, last one first."""

    name = "ending"
    type = String()
    inherit_cache = True


class _Range(FunctionElement[bool]):
    """Whether a text is in a range, compared byte by byte."""

    name = "text_range"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Itself: SQLAlchemy would add `= 1` on SQLite, and then no index is used."""
        return self


def ending(column: ColumnElement[Any]) -> ColumnElement[str]:
    """The last characters of a column, last one first: what the indexes of numbers by their end hold."""
    return _Ending(column)


def begins_with(text: ColumnElement[Any], beginning: str) -> ColumnElement[bool]:
    """True if the text begins so, with the same case."""
    return _Range(text, literal(beginning), literal(beginning + _AFTER_ALL))


def ends_with(column: ColumnElement[Any], end: str) -> ColumnElement[bool]:
    """True if the column ends so. The index finds it by its last ten characters."""
    condition = begins_with(ending(column), end[: -INDEXED_END - 1 : -1])
    return condition if len(end) <= INDEXED_END else condition & column.endswith(end, autoescape=True)


@compiles(_Ending, "postgresql")
def _ending_on_postgresql(element: _Ending, compiler: Any, **options: Any) -> str:
    return f"reverse(right({compiler.process(element.clauses, **options)}, {INDEXED_END}))"


@compiles(_Ending, "sqlite")
def _ending_on_sqlite(element: _Ending, compiler: Any, **options: Any) -> str:
    """SQLite has no function for it, and an index may not depend on one that Midcall adds."""
    text = compiler.process(element.clauses, **options)
    return "(" + " || ".join(f"substr({text}, -{place}, 1)" for place in range(1, INDEXED_END + 1)) + ")"


@compiles(_Range, "postgresql")
def _range_on_postgresql(element: _Range, compiler: Any, **options: Any) -> str:
    text, low, high = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} ~>=~ {low} AND {text} ~<~ {high})"


@compiles(_Range, "sqlite")
def _range_on_sqlite(element: _Range, compiler: Any, **options: Any) -> str:
    text, low, high = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} >= {low} AND {text} < {high})"
