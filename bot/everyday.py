"""The everyday actions on one person, bound to their session: the same behind a line as below an answer."""

from __future__ import annotations

from dataclasses import replace

from bot.authorise import authorise
from bot.command import BoundInvocation, Target
from bot.context import Context
from bot.crowd import on_stage
from bot.errors import Refused
from bot.model import Participant
from bot.reply import Button


def everyday(context: Context, person: Participant) -> tuple[Button, ...]:
    """Those that whoever asks may do to this person, as things are; four at most."""
    stage = ("Move to audience", "demote") if on_stage(person) else ("Bring on stage", "promote")
    return (
        *_offered(context, person, "Mute", "mute"),
        *_offered(context, person, "Keep muted", "mute", lock=True),
        *_offered(context, person, *stage),
        *_offered(context, person, "Remove", "kick"),
    )


def keep_out(context: Context, target: Target) -> tuple[Button, ...]:
    """One tap to ban them, whichever session they are in; nothing where it would be refused."""
    declared, person = context.services.registry["ban"], target.participant
    verdict = authorise(context.moderator, declared, context.policy, room=target.room, person=person)
    if isinstance(verdict, Refused):
        return ()
    bound = replace(target, participant=None)
    return (Button("Keep out", BoundInvocation("ban", target.room, bound, {}, target.identity)),)


def menu(context: Context, person: Participant) -> tuple[Button, ...]:
    """What stands behind the person's line: five entries at most, which is what every surface takes."""
    return (*everyday(context, person), *_offered(context, person, "More", "participant"))


def _offered(context: Context, person: Participant, label: str, command: str, **values: object) -> tuple[Button, ...]:
    """Nothing where it would be refused."""
    declared = context.services.registry[command]
    verdict = authorise(context.moderator, declared, context.policy, room=context.room, person=person)
    if isinstance(verdict, Refused):
        return ()
    target = Target(context.room, person.identity, person.sid, person.name)
    bound = context.told_apart(BoundInvocation(command, context.room, target, values, person.identity))
    return (Button(label, bound),)
