"""The settings that decide something in the core; `adapters/settings.py` fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from bot.people import Grant, Role, glob_matches

HAND_ATTRIBUTES = ("handRaisedAt", "hand_raised", "raised_hand", "hand")


@dataclass(frozen=True, slots=True)
class Policy:
    """`roles` overrides what a command needs. `protected` are identity globs (hosts), `protected_attribute` is a
    `key=value` that protects those who cannot edit it. `identities` maps a platform to the identity its users have
    in rooms, with `{id}` for the platform's user id. `reasons` can be picked with one tap. `zone` is the time zone of
    the times of day that are typed and told, `person_key` an attribute whose value names a person across identities.
    Times are seconds."""

    admins: tuple[str, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    protected_attribute: str = ""
    identities: Mapping[str, str] = field(default_factory=lambda: {"console": "{id}"})
    title_key: str = "title"
    hand_attributes: tuple[str, ...] = HAND_ATTRIBUTES
    reasons: tuple[str, ...] = ()
    zone: tzinfo = UTC
    person_key: str = ""
    page_size: int = 20
    find_calls: int = 50
    confirm_seconds: float = 300.0
    button_seconds: float = 24 * 3600.0
    undo_seconds: float = 900.0

    def role_for(self, command: str, default: Role) -> Role:
        return self.roles.get(command, default)

    def admin_grants(self, subject: str) -> tuple[Grant, ...]:
        """The grant that the settings themselves give."""
        return (Grant(subject, Role.ADMIN, granted_by="settings"),) if subject in self.admins else ()

    def identity_of(self, platform: str, user_id: str) -> str | None:
        """The identity that a chat user has in rooms, where the settings say so."""
        pattern = self.identities.get(platform)
        return pattern.replace("{id}", user_id) if pattern else None

    def names_host(self, identity: str) -> bool:
        return any(glob_matches(glob, identity) for glob in self.protected)
