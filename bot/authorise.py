"""May they? Pure, and deny by default."""

from __future__ import annotations

from bot.command import Command
from bot.errors import NotAModerator, OutOfScope, Protected, Refused, RoleTooLow
from bot.model import Kind, Participant
from bot.people import Grant, Moderator, Role
from bot.policy import Policy
from bot.words import told

SERVICE_KINDS = frozenset({Kind.EGRESS, Kind.INGRESS, Kind.BRIDGE, Kind.OTHER})
CALLER_KINDS = frozenset({Kind.AGENT, Kind.SIP, Kind.CONNECTOR})


def authorise(
    moderator: Moderator,
    command: Command,
    policy: Policy,
    *,
    room: str | None = None,
    person: Participant | None = None,
    force: bool = False,
) -> Grant | Refused:
    """The grant that allows it, or the reason why not.

    Without a room, the role held anywhere decides: a command that acts in a room is asked about again once the
    room is known, and with the person once that is known.
    """
    if not moderator.grants:
        return unknown(moderator, policy)
    needed = policy.role_for(command.name, command.role)
    grant = best_grant(moderator, room)
    if grant is None:
        return OutOfScope(out_of_scope(moderator, room or ""))
    if grant.role < needed:
        where = f" in {told(room)}" if room else ""
        return RoleTooLow(
            f"/{command.name} needs the role {needed.word}{where}; yours is {grant.role.word}. {who_grants(policy)}"
        )
    if force and grant.role < Role.ADMIN:
        return RoleTooLow(f"--force needs the role admin; yours is {grant.role.word}. {who_grants(policy)}")
    if person is not None and command.writes and (why := protection(person, policy, removes=command.removes)):
        return _protected(person, why, grant, force=force) or grant
    return grant


def out_of_scope(moderator: Moderator, room: str) -> str:
    """The same words whether the room exists or not."""
    return f"The room {told(room)} is not in your scope. You may act in: {told(', '.join(moderator.scopes), 500)}."


def best_grant(moderator: Moderator, room: str | None) -> Grant | None:
    held = [grant for grant in moderator.grants if room is None or grant.covers(room)]
    return max(held, key=lambda grant: grant.role, default=None)


def protection(person: Participant, policy: Policy, *, removes: bool) -> str:
    """Why this person is protected; "" when not. Agents and callers are, from being removed or moved only."""
    if person.kind in SERVICE_KINDS:
        return f"is {person.kind.value} (part of the service, not a person)"
    if person.permission.hidden:
        return "is hidden"
    if policy.names_host(person.identity):
        return "is protected by the settings"
    if _has_attribute(person, policy):
        return f"is protected by the attribute {policy.protected_attribute}"
    if removes and person.kind in CALLER_KINDS:
        return f"is {person.kind.value}: removing or moving it ends its job or call"
    return ""


def _has_attribute(person: Participant, policy: Policy) -> bool:
    """An attribute protects only those who cannot give it to themselves."""
    key, _, value = policy.protected_attribute.partition("=")
    return bool(key) and not person.permission.can_update_metadata and person.attributes.get(key) == value


def _protected(person: Participant, why: str, grant: Grant, *, force: bool) -> Protected | None:
    if grant.role < Role.ADMIN:
        return Protected(f"{told(person.display)} {why}. Only an admin can do this, with --force.")
    if not force:
        return Protected(f"{told(person.display)} {why}. Nothing was done. Add --force if you mean it.", "needs_force")
    return None


def is_oneself(moderator: Moderator, identity: str, policy: Policy) -> bool:
    """Whether the settings say that this identity is the person who asks."""
    return policy.identity_of(moderator.user.platform, moderator.user.id) == identity


def sees_hidden(moderator: Moderator, room: str) -> bool:
    """Hidden people, metadata and SIP numbers are for admins."""
    return moderator.role_in(room) >= Role.ADMIN


def who_grants(policy: Policy) -> str:
    names = ", ".join(policy.admins)
    return f"An admin can give you one with /moderator{f' ({names})' if names else ''}."


def unknown(moderator: Moderator, policy: Policy) -> NotAModerator:
    """The refusal for somebody without any grant: it tells their own id and who can grant."""
    return NotAModerator(f"You are not a moderator here. Your id is {moderator.user.subject}. {who_grants(policy)}")
