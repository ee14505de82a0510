"""The cases that somebody may mean while they type a number or a name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import sight
from bot.case_access import may_find, may_see
from bot.case_lines import outcome_word, verb, whom
from bot.context import Services
from bot.history import Case, CaseQuery
from bot.people import Moderator
from bot.plain import spans_text
from bot.reply import Reply, Time, Tone, say

MOST = 25
LOOKED_AT = 100
LONGEST_NUMBER = 9  # digits


async def search(services: Services, moderator: Moderator, text: str) -> list[Case]:
    """Those that this person may see, newest first: of that command, or about somebody called so.

    For a number those that begin with it, and on top the very one. `HistoryError` when they cannot be read.
    """
    if text.isdecimal():
        return await _numbered(services, moderator, str(int(text))) if len(text) <= LONGEST_NUMBER else []
    asked: dict[str, Any] = {"command": text} if text in services.registry else {"text": text}
    return (await _page(services, moderator, replace(_query(moderator), **asked)))[:MOST]


async def _numbered(services: Services, moderator: Moderator, digits: str) -> list[Case]:
    exact = await services.history.case(int(digits))
    newest = await _page(services, moderator, _query(moderator))
    found = [case for case in newest if str(case.number).startswith(digits) and case.number != int(digits)]
    on_top = [exact] if exact is not None and may_see(moderator, exact) else []
    return [*on_top, *found][:MOST]


def _query(moderator: Moderator) -> CaseQuery:
    return CaseQuery(moderator.scopes, sight.sees_everything(moderator), limit=LOOKED_AT)


async def _page(services: Services, moderator: Moderator, query: CaseQuery) -> list[Case]:
    known = services.recent.numbers
    cases = (await services.history.cases(query)).cases
    return [case for case in cases if may_see(moderator, case) and may_find(moderator, case, query.text, known)]


def label(services: Services, moderator: Moderator, case: Case) -> str:
    """`12 mute Bob Stone in standup: done, 3 min ago`."""
    when = Time(case.first.at, services.clock.now())
    title = say(f"{case.number} {verb(case)} ", *whom(case), f": {outcome_word(case)}, ", when)
    reply = sight.seen_by(moderator, case.opening.room, Reply(Tone.INFO, title), services.recent.numbers)
    return spans_text(reply.title)
