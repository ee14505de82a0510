"""What has become of buttons that were used in this process: said to whoever presses one of them again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass

from bot.bounded import keep
from bot.reply import Reply, Tone, say

MOST = 10_000


@dataclass(slots=True)
class _Use:
    event_key: str
    over: bool = False
    case: int | None = None


class Used:
    """By the groups of the buttons, the newest of them. A group that is not known was used elsewhere, or long ago."""

    def __init__(self) -> None:
        self._uses: OrderedDict[str, _Use] = OrderedDict()

    def begin(self, group: str, event_key: str) -> None:
        """That press was the first."""
        keep(self._uses, group, _Use(event_key), MOST)

    async def until(self, group: str, event_key: str, work: Awaitable[Reply]) -> Reply:
        """What a press comes to; until then it is under way, if it was the first."""
        case: int | None = None
        try:
            reply = await work
            case = reply.case
            return reply
        finally:
            use = self._uses.get(group)
            if use is not None and use.event_key == event_key and not use.over:
                use.over, use.case = True, case

    def again(self, group: str) -> Reply:
        """The answer to a later press. It says no more than is known: another process may still be at work."""
        use = self._uses.get(group)
        if use is not None and not use.over:
            said = "This was pressed before, and is being worked on. The answer to that press follows."
        elif use is not None and use.case is not None:
            said = f"This has been answered already. /case {use.case} shows what came of it."
        else:
            said = "This has been answered already. Pressing it again adds nothing."
        return Reply(Tone.INFO, say(said), late=True)
