"""Who may do what."""

from __future__ import annotations

from dataclasses import replace

from bot.command import Command, Effect, NoArguments
from bot.context import Context
from bot.people import Grant, Role
from bot.reply import Column, Mention, Name, Reply, Spans, Table, Tone, say
from bot.words import counted

COLUMNS = (Column("Who", 0), Column("Role", 0), Column("Rooms", 1), Column("Given by", 2))


async def run(context: Context, arguments: NoArguments) -> Reply:
    settled = [grant for admin in context.policy.admins for grant in context.policy.admin_grants(admin)]
    stored = [_visible(context, grant) for grant in await context.services.roster.grants()]
    grants = [*settled, *(grant for grant in stored if grant.rooms)]
    grants.sort(key=lambda grant: (-grant.role, grant.subject))
    rows = tuple(_row(grant) for grant in grants)
    return Reply(Tone.INFO, say(f"{counted(len(rows), 'grant', 'grants')}:"), (Table(COLUMNS, rows),))


def _visible(context: Context, grant: Grant) -> Grant:
    """The grant with the rooms that the person may see, or that name none."""
    return replace(grant, rooms=tuple(glob for glob in grant.rooms if glob == "*" or context.moderator.may_see(glob)))


def _row(grant: Grant) -> tuple[Spans, ...]:
    given = say(Mention(grant.granted_by)) if ":" in grant.granted_by else say(grant.granted_by)
    return (say(Mention(grant.subject)), say(grant.role.word), say(Name(", ".join(grant.rooms))), given)


COMMAND = Command(
    name="moderators",
    summary="Who has which role, over which rooms",
    arguments=NoArguments,
    role=Role.MODERATOR,
    effect=Effect.READ,
    run=run,
    in_room=False,
    examples=("/moderators",),
)
