"""What applications keep with a participant: metadata, name, attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.state import PersonState


@dataclass(frozen=True, slots=True)
class SetProfile:
    """These values stand; None leaves one as it is, an empty attribute value deletes the key. Other keys are left as
    they are: a join token may have given them an empty value, which no call can.

    LiveKit cannot clear metadata or name ("" means unchanged there), so "" is not accepted for them.
    """

    metadata: str | None = None
    name: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.metadata == "" or self.name == "":
            raise ValueError("LiveKit cannot clear metadata or name")

    def amend(self, state: PersonState) -> PersonState:
        person = state.participant
        if person is None:
            return state
        deleted = {key for key, value in self.attributes.items() if value == ""}
        merged = {key: v for key, v in {**person.attributes, **self.attributes}.items() if key not in deleted}
        return replace(
            state,
            participant=replace(
                person,
                metadata=person.metadata if self.metadata is None else self.metadata,
                name=person.name if self.name is None else self.name,
                attributes=merged,
            ),
        )

    def bears_on(self, state: PersonState) -> bool:
        return state.participant is not None

    def holds(self, state: PersonState) -> bool:
        return state.participant is not None and self.amend(state) == state
