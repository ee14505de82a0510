"""From what arrived to what the core is asked: words with Slack's forms undone, or what a modal says. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.slack.arrivals import Place, Submitted, Typed
from adapters.slack.typed import Reader
from adapters.slack.views import ACTION, ACTIONS, PERSON, REASON, ROOM, Kept, digest_of
from bot.command import Command, Invocation, Kind
from bot.people import ChatUser

Errors = Mapping[str, str]


def channel_of(place: Place, user: ChatUser) -> str:
    """The key of the channel; where there is none (the App Home, a shortcut) a person is their own."""
    return place.key or user.subject


def of_words(found: Typed, reader: Reader, user: ChatUser) -> Invocation:
    """`user` is the sender as they are known by now, with their groups."""
    return Invocation(user, channel_of(found.place, user), reader.line(found.text), found.key)


def of_modal(
    found: Submitted,
    room: str,
    commands: Mapping[str, Command],
    user: ChatUser,
    meant: Callable[[str], str] = str,
) -> Invocation | Errors:
    """What the modal asks for in that room; or what is missing, by the input that is to be filled in.

    `meant` makes the core's words of a command that is typed as it is called in Slack.
    """
    values = found.view.values if found.view else {}
    action = next((one for one in ACTIONS if one.key == values.get(ACTION)), None)
    if not room:
        return {ROOM: "This room has ended. Choose another one."}
    channel = channel_of(Kept.of(found.view).place(found.sender.home), user)
    if action is not None and not action.command:
        words = meant(values.get(REASON, ""))
        if not words:
            return {REASON: "Type the other command into the last field, for example: history bob"}
        return Invocation(user, channel, words, found.key, room, menus=True)
    if action is None or action.command not in commands:
        return {ACTION: "Choose what to do."}
    command, person = commands[action.command], values.get(PERSON, "")
    if command.param(Kind.WHO) and not person:
        return {PERSON: "Choose whom."}
    if command.param(Kind.WHO) and (found.view.marks.get(PERSON) if found.view else None) != digest_of(room):
        return {PERSON: "The person was chosen from the list of another room. Nothing was done. Choose again."}
    given = {
        **action.options,
        "who": person if command.param(Kind.WHO) else "",
        "in": room,
        "reason": values.get(REASON, "") if command.param(Kind.REASON) else "",
    }
    options = {name: value for name, value in given.items() if value}
    return Invocation(user, channel, action.command, found.key, room, options, menus=True)
