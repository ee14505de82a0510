"""Giving and taking roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.authorise import standing
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument, OutOfScope, Refused
from bot.history import Draft, EntryKind, Outcome, canonical
from bot.people import Grant, Role, glob_covers, glob_of, is_subject
from bot.reply import Audience, Code, Mention, Name, Reply, Tone, say, text


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Annotated[str, Param(Kind.SUBJECT, "a mention, or an id as /whoami shows it", required=True)]
    role: Annotated[Role, Param(Kind.ROLE, "viewer, moderator, admin or none", required=True)]
    in_: Annotated[tuple[str, ...], Param(Kind.GLOBS, "rooms (globs, comma-joined)", name="in")] = ()


async def run(context: Context, arguments: Arguments) -> Reply:
    subject = arguments.who
    if not is_subject(subject):
        raise BadArgument(
            f"{subject!r} is no account. Write it as console:alice, slack:TEAM/USER, discord:USER, or for a group "
            "slack:TEAM/@GROUP, discord:GUILD/@ROLE; or mention the person."
        )
    stored = await context.services.roster.grants()
    old = next((grant for grant in stored if grant.subject == subject), None)
    rooms = tuple(map(glob_of, arguments.in_)) or _own_scope(context)
    _check(context, arguments, rooms, stored)
    already = (old.role, old.rooms) == (arguments.role, rooms) if old else arguments.role is Role.NONE
    outcome = Outcome.ALREADY if already else Outcome.DONE
    content = context.record().entry_content(difference=_difference(subject, old, arguments.role, rooms))
    server, giver = context.services.rooms.server, context.moderator.user.subject
    grant = Grant(subject, arguments.role, rooms, server, giver, context.services.clock.now())
    draft = Draft(
        EntryKind.GRANT,
        content,
        outcome=outcome,
        projection=None if already else grant,
        keeps_admin=not context.policy.admins,
    )
    (entry,) = await context.services.history.append([draft], context.invocation.event_key or None)
    return _said(entry.case, outcome, subject, arguments.role, rooms, old)


def _said(case: int, outcome: Outcome, subject: str, role: Role, rooms: tuple[str, ...], old: Grant | None) -> Reply:
    where, somewhere = say(" in ", Name(", ".join(rooms))), say(" in some rooms (see ", Code("/moderators"), ")")
    has = f" has {'already ' if outcome is Outcome.ALREADY else ''}the role {role.word}"
    none = " has no role" if outcome is Outcome.ALREADY else " has no role any more"
    if role is Role.NONE:
        has, where, somewhere = none, (), ()
    title = say(Mention(subject), has, *where, ".")
    others = title if "*" in rooms else say(Mention(subject), has, *somewhere, ".")  # not all may know those rooms
    before = (text(f"Before: {old.role.word} in ", Name(", ".join(old.rooms)), "."),) if old else ()
    return Reply(Tone.OK, title, before, (), Audience.PUBLIC, case, outcome, told=others)


def _own_scope(context: Context) -> tuple[str, ...]:
    """The rooms over which the giver is admin: what they give when they name none."""
    own = [glob for grant in context.moderator.grants if grant.role >= Role.ADMIN for glob in grant.rooms]
    return ("*",) if "*" in own else tuple(dict.fromkeys(own))


def _check(context: Context, arguments: Arguments, rooms: tuple[str, ...], stored: tuple[Grant, ...]) -> None:
    moderator, subject = context.moderator, arguments.who
    if subject in context.policy.admins:
        raise Refused(
            f"{subject} is an admin by the settings (USHER_ADMINS). It can be changed only there.", "settings"
        )
    if subject in (moderator.user.subject, *moderator.user.groups, *moderator.user.lately):
        own_grants = [g for g in stored if g.subject == subject]
        now = max((g.role for g in own_grants), default=Role.NONE)
        wider = arguments.role is not Role.NONE and _beyond(tuple(r for g in own_grants for r in g.rooms), rooms)
        if arguments.role > now or wider:
            raise Refused("Nobody raises their own role. Another admin can.", "own_role")
    touched = next((grant.rooms for grant in stored if grant.subject == subject), ())
    own, end = _own_scope(context), standing(moderator, context.policy, Role.ADMIN)
    if beyond := _beyond(own, rooms):
        raise OutOfScope(f"You are not admin over {', '.join(beyond)}. You are over: {', '.join(own) or 'none'}. {end}")
    if _beyond(own, touched):
        raise OutOfScope(
            f"{subject} has a role over rooms of which you are not admin; an admin of those can change it. {end}"
        )
    if _leaves_no_admin(context, arguments, rooms, stored):
        raise Refused(f"{subject} is the last admin. Make somebody else admin first.", "last_admin")


def _beyond(own: tuple[str, ...], rooms: tuple[str, ...]) -> list[str]:
    return [glob for glob in rooms if not any(glob_covers(mine, glob) for mine in own)]


def _leaves_no_admin(context: Context, arguments: Arguments, rooms: tuple[str, ...], stored: tuple[Grant, ...]) -> bool:
    """Whether nobody would be admin over all rooms any more."""
    admins = {g.subject for g in stored if g.role is Role.ADMIN and "*" in g.rooms} | set(context.policy.admins)
    stays = arguments.role is Role.ADMIN and "*" in rooms
    return arguments.who in admins and not stays and admins == {arguments.who}


def _difference(subject: str, old: Grant | None, role: Role, rooms: tuple[str, ...]) -> str:
    before = [old.role.word, *old.rooms] if old else None
    after = [role.word, *rooms] if role is not Role.NONE else None
    return canonical([[f"grant.{subject}", before, after]])


COMMAND = Command(
    name="moderator",
    summary="Give somebody a role, or take it (none)",
    arguments=Arguments,
    role=Role.ADMIN,
    effect=Effect.WRITE,
    run=run,
    in_room=False,
    details="Without in:ROOMS it is given over the rooms of which you are admin yourself.",
    examples=(
        "/moderator console:bob moderator in:standup-*",
        "/moderator slack:T012AB/U345CD viewer",
        "/moderator console:bob none",
    ),
)
