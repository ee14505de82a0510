"""The little YAML that a manifest needs: mappings, lists, and scalars written as JSON, which YAML reads as they are.

No library: the output has comments, which none of the usual ones writes, and its form never changes with a version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Comments = Mapping[str, str]


def dumped(value: Mapping[str, Any], comments: Comments) -> str:
    """The document; an entry of a list that has a comment gets it behind it, on its line."""
    return "".join(f"{line}\n" for line in _mapping(value, comments))


def _mapping(value: Mapping[str, Any], comments: Comments) -> Iterator[str]:
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield f"{key}:"
            yield from _indented(_mapping(inner, comments))
        elif isinstance(inner, list) and inner:
            yield f"{key}:"
            yield from _indented(_list(inner, comments))
        else:
            yield f"{key}: {_scalar(inner)}"


def _list(value: Sequence[Any], comments: Comments) -> Iterator[str]:
    for inner in value:
        if isinstance(inner, Mapping):
            first, *rest = _mapping(inner, comments)
            yield f"- {first}"
            yield from _indented(iter(rest))
        else:
            said = comments.get(inner) if isinstance(inner, str) else None
            yield f"- {_scalar(inner)}" + (f"  # {said}" if said else "")


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
