"""Your own id, role and scopes."""

from __future__ import annotations

from bot.authorise import who_grants
from bot.command import Command, Effect, NoArguments
from bot.context import Context
from bot.people import Role
from bot.reply import Code, Fields, Name, Reply, Spans, Tone, listed, say, text


async def run(context: Context, arguments: NoArguments) -> Reply:
    moderator = context.moderator
    fields: list[tuple[str, Spans]] = [("id", say(Code(moderator.user.subject)))]
    if moderator.user.groups:
        fields.append(("groups", listed([say(Code(group)) for group in moderator.user.groups])))
    grants = [
        say(f"{g.role.word} in ", Name(", ".join(g.rooms)), f" ({_source(g.subject, g.granted_by)})")
        for g in moderator.grants
    ]
    fields.append(("roles", listed(grants) if grants else say("none")))
    identity = context.policy.identity_of(moderator.user.platform, moderator.user.id)
    if identity:
        fields.append(("identity in rooms", say(Name(identity))))
    hint = () if moderator.grants else (text(who_grants(context.policy)),)
    role = moderator.role.word if moderator.role is not Role.NONE else "no role"
    return Reply(Tone.INFO, say(Name(moderator.user.name), f": {role}"), (Fields(tuple(fields)), *hint))


def _source(subject: str, giver: str) -> str:
    return f"as {subject}, given by {giver or 'nobody known'}"


COMMAND = Command(
    name="whoami",
    summary="Your own id, role and scopes",
    arguments=NoArguments,
    role=Role.NONE,
    effect=Effect.READ,
    run=run,
    in_room=False,
    examples=("/whoami",),
)
