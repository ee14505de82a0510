"""May they? Pure, and deny by default."""

from __future__ import annotations

from bot.command import Command
from bot.errors import NotAModerator, OutOfScope, Protected, Refused, RoleTooLow
from bot.model import Kind, Participant
from bot.people import ChatUser, Grant, Moderator, Role
from bot.policy import Policy
from bot.words import told

SERVICE_KINDS = frozenset({Kind.EGRESS, Kind.INGRESS, Kind.BRIDGE, Kind.OTHER})
CALLER_KINDS = frozenset({Kind.AGENT, Kind.SIP, Kind.CONNECTOR})
UNASKED = "Your groups could not be asked."
CALM_ONLY = "Until they can be asked, only mute, lock and quiet work."  # the commands that declare `calms`


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
        return unknown(moderator, policy, command)
    needed = policy.role_for(command.name, command.role)
    grant = best_grant(moderator, room)
    if grant is None:
        return out_of_scope(moderator, policy, command, room or "")
    if grant.role < needed:
        return role_too_low(moderator, policy, f"/{command.name}", needed, room)
    if force and grant.role < Role.ADMIN:
        return role_too_low(moderator, policy, "--force", Role.ADMIN, room)
    if person is not None and command.writes and (why := protection(person, policy, removes=command.removes)):
        return _protected(person, why, grant, force=force) or grant
    return grant


def out_of_scope(moderator: Moderator, policy: Policy, command: Command, room: str) -> OutOfScope:
    """The same words whether the room exists or not."""
    scopes = told(", ".join(moderator.scopes), 200)
    end = standing(moderator, policy, policy.role_for(command.name, command.role), room)
    return OutOfScope(f"The room {told(room)} is not in your scope. You may act in: {scopes}. {end}")


def role_too_low(moderator: Moderator, policy: Policy, what: str, needed: Role, room: str | None = None) -> RoleTooLow:
    """`what` needs more than the role that the person has, in that room or anywhere."""
    held = best_grant(moderator, room)
    yours = held.role.word if held else Role.NONE.word
    where = f" in {told(room)}" if room else ""
    end = standing(moderator, policy, needed, room)
    return RoleTooLow(f"{what} needs the role {needed.word}{where}; yours is {yours}. {end}")


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
    return f"An admin can give you a role with /moderator{f' ({names})' if names else ''}."


def standing(moderator: Moderator, policy: Policy, needed: Role = Role.VIEWER, room: str | None = None) -> str:
    """How every refusal for want of a role ends: what may be the cause, the person's own id, and who can grant."""
    said = (_cause(moderator, needed, room), f"Your id is {moderator.user.subject}.", who_grants(policy))
    return " ".join(filter(None, said))


def limitation(user: ChatUser) -> str:
    """Why the roles of groups do not count for this account; "" where they do."""
    return f"You are {user.limited}: only a role given to your own id counts." if user.limited else ""


def _cause(moderator: Moderator, needed: Role, room: str | None) -> str:
    """Why groups gave no role, where that may be the cause."""
    user = moderator.user
    if user.limited:
        return limitation(user)
    if any(grant.role >= needed and (room is None or grant.covers(room)) for grant in moderator.lately):
        return f"{user.trouble or UNASKED} {CALM_ONLY}"
    return user.trouble


def unknown(moderator: Moderator, policy: Policy, command: Command | None = None) -> NotAModerator:
    """The refusal for somebody without any grant."""
    needed = policy.role_for(command.name, command.role) if command else Role.VIEWER
    return NotAModerator(f"You are not a moderator here. {standing(moderator, policy, needed)}")
