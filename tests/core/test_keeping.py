"""What is known of a session as a decision has made it, while other processes keep it too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import HistoryError
from bot.fold import Session
from bot.grounded import ground_of
from bot.keeping import Keeping
from bot.model import Permissions
from bot.state import PersonState
from tests.house import STANDUP, House

FULL, AUDIENCE = Permissions(), Permissions(can_publish=False)
DECIDED = Session(STANDUP, "bob", "PA_1", AUDIENCE, (AUDIENCE,), version=1)


class Contended:
    """The real sessions, of which somebody else keeps this one so many times just before."""

    def __init__(self, house: House, times: int) -> None:
        self._sessions, self._times = house.database.sessions, times

    async def begin(self, session: Session) -> Session:
        begun = await self._sessions.begin(session)
        if self._times:
            self._times -= 1
            await self._sessions.keep(replace(begun, base=FULL, ours=(FULL,)))
        return begun

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sessions, name)


@pytest.mark.parametrize("times", [0, 1, 3])
async def test_a_decision_is_kept_whatever_others_have_kept_meanwhile(house: House, times: int) -> None:
    await Keeping(Contended(house, times)).decided(DECIDED)
    [kept] = await house.database.sessions.known(["bob"])
    assert replace(kept, version=1) == DECIDED


async def test_where_others_never_let_it_be_kept_that_is_an_error(house: House) -> None:
    with pytest.raises(HistoryError, match="at the same time"):
        await Keeping(Contended(house, 100)).decided(DECIDED)


def test_what_a_permission_stands_on_is_not_guessed() -> None:
    with pytest.raises(LookupError):
        ground_of(PersonState(STANDUP, None))
