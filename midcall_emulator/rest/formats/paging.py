"""Pages of lists (https://www.twilio.com/docs/usage/twilios-response)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from midcall_emulator.core.digits import number_in
from midcall_emulator.core.sids import Resource
from midcall_emulator.rest.operation import Request
from midcall_emulator.rest.response import Response

Item = TypeVar("Item")
_PAGE_PARAMETERS = ("Page", "PageToken", "PageSize")
_DEFAULT_SIZE, _LARGEST_SIZE = 50, 1000


def newest_first(
    request: Request, key: str, items: Iterable[Resource], fields: Callable[[Resource], dict[str, Any]]
) -> Response:
    """Return one page of items that are given oldest first."""
    return Response(200, page(request, key, list(items)[::-1], fields, lambda item: item.sid))


def page(
    request: Request,
    key: str,
    items: Sequence[Item],
    fields: Callable[[Item], dict[str, Any]],
    sid_of: Callable[[Item], str],
) -> dict[str, Any]:
    """Return one page of ``items``, in their order.

    The token of the next page is PA and the last SID of this page, that of the previous page PB and the first SID.
    """
    size = _clamp(request.get("PageSize"), _DEFAULT_SIZE, 1, _LARGEST_SIZE)
    start = _start(request.get("PageToken"), [sid_of(item) for item in items], size)
    number = _clamp(request.get("Page"), start // size, 0, 10**9)
    shown = items[start : start + size]
    before = f"PB{sid_of(shown[0])}" if start and shown else None
    after = f"PA{sid_of(shown[-1])}" if start + size < len(items) else None
    return {
        key: [fields(item) for item in shown],
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start, start + len(shown) - 1),
        "uri": _uri(request, size, number, request.get("PageToken") or None),
        "first_page_uri": _uri(request, size, 0, None),
        "next_page_uri": _uri(request, size, number + 1, after) if after else None,
        "previous_page_uri": _uri(request, size, max(0, number - 1), before) if before else None,
    }


def _start(token: str, sids: list[str], size: int) -> int:
    direction, sid = token[:2], token[2:]
    if sid not in sids:
        return 0
    index = sids.index(sid)
    return index + 1 if direction == "PA" else max(0, index - size)


def _clamp(text: str, default: int, low: int, high: int) -> int:
    number = number_in(text, 0, 10**18)
    return default if number is None else min(high, max(low, number))


def _uri(request: Request, size: int, number: int, token: str | None) -> str:
    pairs = [(name, value) for name, value in request.params.items() if name not in _PAGE_PARAMETERS]
    pairs += [("PageSize", str(size)), ("Page", str(number))]
    return f"{request.path}?{urlencode(pairs + ([('PageToken', token)] if token else []))}"
