"""The enforcer with all that belongs to it, put together from a house's parts, as loops for the supervisor."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.database.database import Database
from adapters.supervisor import Supervisor
from bot.context import Services
from bot.enforcer import CALLS_A_MINUTE, Enforcer, Means
from bot.in_force import InForce
from bot.returning import Returning
from bot.telling import Tell, Telling

ENFORCE, TELL = "enforcement", "lines for moderators"
LONGEST_SECONDS = 5.0  # between two tries, so that orders hold again soon after the history is there again


@dataclass(frozen=True, slots=True)
class Enforcement:
    """`enforcer` holds what was decided, `telling` says what became of it."""

    enforcer: Enforcer
    telling: Telling

    @classmethod
    def of(
        cls, services: Services, database: Database, tell: Tell, calls_a_minute: float = CALLS_A_MINUTE
    ) -> Enforcement:
        telling = Telling(tell, services.recent, services.clock)
        means = Means(
            rooms=services.rooms,
            in_force=InForce(database.orders, database.sessions),
            standing=services.standing,
            telling=telling,
            returning=Returning(database.history, services.standing, telling, services.clock),
            clock=services.clock,
            pulse=services.pulse,
            calls_a_minute=calls_a_minute,
        )
        return cls(Enforcer(means), telling)

    def start(self, supervisor: Supervisor) -> None:
        supervisor.start(TELL, self.telling.serve)
        supervisor.start(ENFORCE, self.enforcer.serve, LONGEST_SECONDS)

    async def stop(self, supervisor: Supervisor, seconds: float) -> None:
        """Finish what is under way, for that long at most; so no intent is left for the next start to look into."""
        self.enforcer.end()
        await supervisor.settle(ENFORCE, seconds)
