"""Times in SQL, for both databases: seconds since 1970, and what half or nine in ten waited at most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Subquery, case, func, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from records.figures import Waits


class epoch(FunctionElement[int]):
    """The whole seconds between 1970 and a time."""

    type = BigInteger()
    inherit_cache = True
    name = "epoch"


@compiles(epoch, "sqlite")
def _sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kw)}) AS INTEGER)"


@compiles(epoch, "postgresql")
def _postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **kw)})) AS BIGINT)"


def between(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[int]:
    """The whole seconds from ``start`` to ``end``; null if one of them is."""
    return epoch(end) - epoch(start)


def ranked(rows: Subquery, waits: Sequence[str], of: ColumnElement[Any] | None = None) -> Subquery:
    """Return ``rows`` with the place and the number of each of the ``waits`` among those of its group ``of``.

    A wait that is null comes after all others in both databases, and is not counted.
    """
    group = [] if of is None else [of]
    more: list[ColumnElement[int]] = []
    for name in waits:
        wait = rows.c[name]
        order = (wait.is_(None), wait)
        more.append(func.row_number().over(partition_by=group, order_by=order).label(f"{name}_place"))
        more.append(func.count(wait).over(partition_by=group).label(f"{name}_of"))
    return select(*rows.c, *more).subquery()


def percentiles(rows: Subquery, name: str) -> list[ColumnElement[Any]]:
    """Return the columns of a wait's number, median and 90th percentile, each over a group of :func:`ranked` rows.

    The nearest rank: the first wait that at least so many in a hundred are no longer than.
    """
    place, of, wait = rows.c[f"{name}_place"], rows.c[f"{name}_of"], rows.c[name]
    shares = [func.max(case((place == (of * share + 99) // 100, wait))).label(f"{name}_{share}") for share in (50, 90)]
    return [func.count(wait).label(f"{name}_count"), *shares]


def waits_of(row: RowMapping, name: str) -> Waits:
    """Read the columns of :func:`percentiles`."""
    return Waits(row[f"{name}_count"], row[f"{name}_50"], row[f"{name}_90"])
