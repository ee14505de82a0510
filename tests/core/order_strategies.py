"""Orders for tests: single ones, and Hypothesis strategies for any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.model import ALL_SOURCES, Participant, Permissions
from bot.orders import FLAGS, Amendment, Door, Order, Who
from bot.people import Grant, Role
from tests.core.strategies import source_sets

GIVEN = datetime(2026, 3, 4, 5, 6, 7, 123000, tzinfo=UTC)
EVERYWHERE = Grant("console:mia", Role.MODERATOR, ("*",))
ROOM = "standup"


def order(**given: Any) -> Order:
    """An order on bob in every room; it takes nothing by itself."""
    facts = {"what": Amendment(), "who": Who("bob"), "rooms": ("*",), "grants": (EVERYWHERE,), "id": 1, "at": GIVEN}
    return Order(**{**facts, **given})


def door(which: Door, **given: Any) -> Order:
    return order(what=which.amendment, who=None, **given)


flags = st.dictionaries(st.sampled_from(FLAGS), st.booleans(), max_size=2)


@st.composite
def _amendments(draw: st.DrawFn) -> Amendment:
    take, give, said = draw(source_sets), draw(source_sets), draw(flags)
    if give - take:
        said = {name: value for name, value in said.items() if value or name != "can_publish"}
    return Amendment(said, give - take, take, draw(st.booleans()))


amendments = _amendments()
present = amendments.map(lambda what: Amendment(what.flags, what.give, what.take))
"""Of these, none keeps anybody out."""

globs = st.lists(st.text(max_size=6), min_size=1, max_size=3).map(tuple)
moments = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(lambda since: GIVEN + since)
people = st.builds(Who, st.text(min_size=1, max_size=6), st.text(max_size=6)) | st.builds(
    Who, st.text(max_size=6), st.text(max_size=6), st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6)
)
grants = st.lists(st.builds(Grant, st.text(max_size=6), st.sampled_from(Role), globs), min_size=1, max_size=2)


def orders(what: st.SearchStrategy[Amendment] = amendments) -> st.SearchStrategy[Order]:
    return st.builds(
        Order,
        what=what,
        who=st.none() | people,
        rooms=globs,
        grants=grants.map(tuple),
        ends=st.none() | moments,
        since=st.none() | moments,
        former=st.frozensets(st.integers(1, 1000), max_size=3),
        id=st.integers(1, 1000),
    )


def numbered(whats: list[Amendment]) -> list[Order]:
    """Orders on bob, oldest first."""
    return [order(what=what, id=number) for number, what in enumerate(whats, 1)]


def bob(permission: Permissions | None = None, sid: str = "PA_1", **more: Any) -> Participant:
    permission = permission or Permissions(can_publish_sources=ALL_SOURCES)
    return Participant("bob", sid, "Bob", permission=permission, **{"joined_at": GIVEN - timedelta(hours=1), **more})
