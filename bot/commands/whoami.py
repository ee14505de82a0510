"""Your own id, role and scopes."""

from __future__ import annotations

from bot.authorise import limitation, who_grants
from bot.command import Command, Effect, NoArguments
from bot.context import Context
from bot.people import Grant, Role
from bot.reply import Code, Fields, Name, Part, Reply, Spans, Tone, listed, say, text


async def run(context: Context, arguments: NoArguments) -> Reply:
    moderator = context.moderator
    fields: list[tuple[str, Spans]] = [("id", say(Code(moderator.user.subject)))]
    for label, groups in (("groups", moderator.user.groups), ("groups lately", moderator.user.lately)):
        if groups:
            fields.append((label, listed([say(Code(group)) for group in groups])))
    grants = [_said(grant) for grant in moderator.grants]
    grants += [_said(grant, "; now for mute, lock and quiet only") for grant in moderator.lately]
    fields.append(("roles", listed(grants) if grants else say("none")))
    identity = context.policy.identity_of(moderator.user.platform, moderator.user.id)
    if identity:
        fields.append(("identity in rooms", say(Name(identity))))
    notes = [limitation(moderator.user), moderator.user.trouble]
    notes += [] if moderator.grants else [who_grants(context.policy)]
    role = moderator.role.word if moderator.role is not Role.NONE else "no role"
    parts: list[Part] = [Fields(tuple(fields)), *(text(note) for note in notes if note)]
    return Reply(Tone.INFO, say(Name(moderator.user.name), f": {role}"), tuple(parts))


def _said(grant: Grant, also: str = "") -> Spans:
    giver = grant.granted_by or "nobody known"
    return say(f"{grant.role.word} in ", Name(", ".join(grant.rooms)), f" (as {grant.subject}, given by {giver}{also})")


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
