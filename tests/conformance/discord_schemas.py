"""Discord's OpenAPI file as validators, and the checks that it lacks: what is wrong with a body, by both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from unicodedata import category

from jsonschema import Draft7Validator, Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapters.shown import size
from tests.conformance.discord_data import data

_OPENAPI = "urn:discord"
_SCRIPTS = (range(0x0900, 0x0980), range(0x0E00, 0x0E80))  # Devanagari and Thai: with the marks of their vowels
_MENUS = (2, 3)  # of a person, of a message
_MOST = {1: 100, 2: 15, 3: 15}  # commands of a kind
_INTERACTIONS = "/interactions/{interaction_id}/{interaction_token}/callback"
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
COMMANDS = ("/applications/{application_id}/commands", "put")
GUILD_COMMANDS = ("/applications/{application_id}/guilds/{guild_id}/commands", "put")
MESSAGES = {
    "a message in a channel": ("/channels/{channel_id}/messages", "post"),
    "its edit": ("/channels/{channel_id}/messages/{message_id}", "patch"),
    "a followup": (_WEBHOOK, "post"),
    "the edit of an answer": (f"{_WEBHOOK}/messages/@original", "patch"),
}
CALLBACK = (_INTERACTIONS, "post")
ANSWER, MODAL, UPDATE, AUTOCOMPLETE = 4, 9, 7, 8


def _request(path: str, method: str) -> Any:
    return _validator(path, method, "requestBody")


@cache
def _validator(path: str, method: str, what: str) -> Any:
    escaped = path.replace("~", "~0").replace("/", "~1")
    place = f"{_OPENAPI}#/paths/{escaped}/{method}/{what}/content/application~1json/schema"
    resource: Any = DRAFT202012.create_resource(data("openapi.json"))
    return Draft202012Validator({"$ref": place}, registry=Registry().with_resource(_OPENAPI, resource))


@cache
def _interaction(root: str) -> Any:
    schema = data("interaction-payloads.schema.json")
    return Draft7Validator({**schema["definitions"]["Roots"]["properties"][root], "definitions": schema["definitions"]})


def wrong_commands(bodies: list[dict[str, Any]], *, guild: bool = False) -> list[str]:
    """What is wrong with everything that is registered in one go."""
    found = _wrong(_request(*(GUILD_COMMANDS if guild else COMMANDS)), bodies)
    for kind, most in _MOST.items():
        known = [body for body in bodies if body.get("type", 1) == kind]
        found += [f"{len(known)} commands"] * (len(known) > most)
        found += _twice("command", (one["name"] for one in known))
    for body in bodies:
        found += [f"/{body['name']} has {_characters(body)} characters"] if _characters(body) > 8000 else []
        found += _wrong_menu(body) if body.get("type", 1) in _MENUS else _wrong_typed(body)
    return found


def wrong_message(body: dict[str, Any]) -> list[str]:
    """What is wrong with a message, wherever it is sent."""
    found = [f"{what}: {wrong}" for what, place in MESSAGES.items() for wrong in _wrong(_request(*place), body)]
    for kind in (ANSWER, UPDATE):
        found += wrong_callback({"type": kind, "data": body})
    return found + wrong_beyond_schema(body)


def wrong_beyond_schema(body: dict[str, Any]) -> list[str]:
    """What is wrong with a message and the file does not say; what is not there is empty."""
    texts = [str(embed.get(key, "")) for embed in body.get("embeds") or () for key in ("title", "description")]
    found = []
    if sum(map(size, texts)) > 6000:
        found.append(f"embeds of {sum(map(size, texts))} characters together")
    if not (body.get("content") or any(texts)):
        found.append("an empty message")
    return found + _wrong_components(body.get("components") or [])


def wrong_request(path: str, method: str, body: Any) -> list[str]:
    """What is wrong with the body of a request, by the file alone."""
    return _wrong(_request(path, method), body)


def wrong_answer(path: str, method: str, status: int, body: Any) -> list[str]:
    """What is wrong with a body that Discord is said to have answered."""
    return _wrong(_validator(path, method, f"responses/{status}"), body)


def wrong_callback(body: dict[str, Any]) -> list[str]:
    """What is wrong with the response to an interaction."""
    return _wrong(_request(*CALLBACK), body)


def wrong_modal(modal: dict[str, Any]) -> list[str]:
    inside = [one for row in modal["components"] for one in (row.get("component"), *row.get("components", ()))]
    inputs = [one for one in inside if one]
    found = wrong_callback({"type": MODAL, "data": modal})
    return found + _twice("custom_id", (one["custom_id"] for one in inputs)) + [">5 inputs"] * (len(inputs) > 5)


def wrong_payload(root: str, payload: dict[str, Any]) -> list[str]:
    """What is wrong with an interaction as it arrives."""
    return _wrong(_interaction(root), payload)


def _wrong(validator: Any, body: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(body)
    ]


def _wrong_typed(body: dict[str, Any]) -> list[str]:
    return [wrong for one in _all_below(body) for wrong in _wrong_option(one)]


def _wrong_menu(body: dict[str, Any]) -> list[str]:
    """Of a command in the menu of a person or a message: its name is what is read there, and that is all it has."""
    name, more = body["name"], [key for key in ("description", "options") if body.get(key)]
    return [f"{name}: {key} in a menu" for key in more] + [f"the name {name!r}"] * (not 1 <= len(name) <= 32)


def _wrong_option(one: dict[str, Any]) -> list[str]:
    """Of a command, or of an option at any depth."""
    inside, name = one.get("options", []), one["name"]
    required = [bool(option.get("required")) for option in inside]
    found = [] if _is_name(name) else [f"the name {name!r}"]
    if required != sorted(required, reverse=True):
        found.append(f"{name}: a required option behind one that is not")
    if one.get("autocomplete") and one.get("choices"):
        found.append(f"{name}: choices and autocomplete")
    if any(option["type"] in (1, 2) for option in inside) and any(option["type"] > 2 for option in inside):
        found.append(f"{name}: subcommands beside other options")
    return found + _twice(f"{name}: option", (option["name"] for option in inside))


def _is_name(name: str) -> bool:
    """`^[-_'\\p{L}\\p{N}\\p{sc=Deva}\\p{sc=Thai}]{1,32}$`, and no capital."""
    taken = all(c in "-_'" or category(c)[0] in "LN" or any(ord(c) in script for script in _SCRIPTS) for c in name)
    return taken and name == name.lower() and 1 <= len(name) <= 32


def _all_below(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield body
    for one in body.get("options", ()):
        yield from _all_below(one)


def _characters(body: dict[str, Any]) -> int:
    """Names, descriptions and values, as Discord adds them up."""
    options = list(_all_below(body))
    values = [choice for one in options for choice in one.get("choices", ())]
    return sum(len(str(one.get(key, ""))) for one in [*options, *values] for key in ("name", "description", "value"))


def _wrong_components(rows: list[dict[str, Any]]) -> list[str]:
    inside = [one for row in rows for one in row["components"]]
    found = _twice("custom_id", (one["custom_id"] for one in inside))
    found += [f"{len(rows)} rows"] * (len(rows) > 5) + ["40 components"] * (len(rows) + len(inside) > 40)
    for row in rows:
        kinds = [one["type"] for one in row["components"]]
        found += ["a select beside something"] * (3 in kinds and len(kinds) > 1)
    for one in inside:
        found += ["a button without words"] * (one["type"] == 2 and not one.get("label"))
        found += _twice("option", (option["value"] for option in one.get("options", ())))
    return found


def _twice(what: str, names: Iterable[str]) -> list[str]:
    return [f"twice: {what} {name!r}" for name, number in Counter(names).items() if number > 1]
