"""Pages of a list, with the tokens and addresses that lead on (https://www.twilio.com/docs/usage/twilios-response)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from midcall_emulator.core.digits import number_in
from midcall_emulator.core.sids import Resource
from midcall_emulator.rest import Answer, Ask

Item = TypeVar("Item")
_OWN = ("Page", "PageToken", "PageSize")
_DEFAULT, _MOST = 50, 1000


def newest_first(
    ask: Ask, key: str, items: Iterable[Resource], show: Callable[[Resource], dict[str, Any]]
) -> Answer:
    """Answer with one page of what is given oldest first."""
    return Answer(200, page(ask, key, list(items)[::-1], show, lambda item: item.sid))


def page(
    ask: Ask,
    key: str,
    items: Sequence[Item],
    show: Callable[[Item], dict[str, Any]],
    sid_of: Callable[[Item], str],
) -> dict[str, Any]:
    """Return one page of ``items`` (newest first): tokens are PA + last sid forward, PB + first sid backward."""
    size = _whole(ask.get("PageSize"), _DEFAULT, 1, _MOST)
    start = _start(ask.get("PageToken"), [sid_of(item) for item in items], size)
    number = _whole(ask.get("Page"), start // size, 0, 10**9)
    shown = items[start : start + size]
    before = f"PB{sid_of(shown[0])}" if start and shown else None
    after = f"PA{sid_of(shown[-1])}" if start + size < len(items) else None
    return {
        key: [show(item) for item in shown],
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start, start + len(shown) - 1),
        "uri": _address(ask, size, number, ask.get("PageToken") or None),
        "first_page_uri": _address(ask, size, 0, None),
        "next_page_uri": _address(ask, size, number + 1, after) if after else None,
        "previous_page_uri": _address(ask, size, max(0, number - 1), before) if before else None,
    }


def _start(token: str, sids: list[str], size: int) -> int:
    kind, sid = token[:2], token[2:]
    if sid not in sids:
        return 0
    at = sids.index(sid)
    return at + 1 if kind == "PA" else max(0, at - size)


def _whole(text: str, default: int, low: int, high: int) -> int:
    number = number_in(text, 0, 10**18)
    return default if number is None else min(high, max(low, number))


def _address(ask: Ask, size: int, number: int, token: str | None) -> str:
    pairs = [(name, value) for name, value in ask.params.items() if name not in _OWN]
    pairs += [("PageSize", str(size)), ("Page", str(number))] + ([("PageToken", token)] if token else [])
    return f"{ask.path}?{urlencode(pairs)}"
