"""Where somebody's word counts: the grants that an order keeps, and whether an order is theirs to end. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from bot.authorise import role_too_low, standing
from bot.errors import OutOfScope
from bot.orders import Order
from bot.people import Grant, Moderator, Role, glob_covers, is_glob

if TYPE_CHECKING:
    from bot.context import Context


def globs(grants: Iterable[Grant]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(glob for grant in grants for glob in grant.rooms))


def holding(moderator: Moderator, needed: Role, rooms: Collection[str] | None = None) -> tuple[Grant, ...]:
    """The grants by which they have that role, anywhere or in some of these rooms (globs)."""
    held = [grant for grant in moderator.grants if grant.role >= needed]
    return tuple(grant for grant in held if rooms is None or any(_meets(grant.rooms, room) for room in rooms))


def _meets(rooms: Iterable[str], other: str) -> bool:
    return any(glob_covers(glob, other) or glob_covers(other, glob) for glob in rooms)


def reach(order: Order) -> list[tuple[str, ...]]:
    """Where the order acts, piece by piece: each is what a glob of its rooms has in common with one of its grants.

    Of a piece that no single glob spells, both are named: whoever covers one of them covers the piece.
    """
    pieces: list[tuple[str, ...]] = []
    for room in order.rooms:
        for glob in globs(order.grants):
            if glob_covers(glob, room):
                pieces.append((room,))
            elif glob_covers(room, glob):
                pieces.append((glob,))
            elif is_glob(room) and is_glob(glob):
                pieces.append((room, glob))
    return list(dict.fromkeys(pieces))


def covers_all(rooms: Collection[str], order: Order) -> bool:
    """Whether these globs cover every room in which the order acts; rather no than a wrong yes."""
    return all(any(glob_covers(own, one) for own in rooms for one in piece) for piece in reach(order))


def acts_in(order: Order, rooms: str) -> bool:
    """Whether it acts in some room that this glob matches."""
    return any(all(_meets((rooms,), one) for one in piece) for piece in reach(order))


def acts_in_sight(moderator: Moderator, order: Order) -> bool:
    """Whether it acts in some room that this person may see."""
    return any(acts_in(order, scope) for scope in moderator.scopes)


def needed_to_end(context: Context, order: Order) -> Role:
    """Ending needs what giving needs, and what the command that ends it needs."""
    command = context.services.registry.get(order.command)
    given = context.policy.role_for(command.name, command.role) if command is not None else Role.MODERATOR
    return max(given, context.needed)


def may_end(context: Context, order: Order) -> bool:
    return covers_all(globs(holding(context.moderator, needed_to_end(context, order))), order)


def check_may_end(context: Context, order: Order) -> None:
    """Refuse to end an order that also acts where this person has not the role, and say who can."""
    if may_end(context, order):
        return
    moderator, needed = context.moderator, needed_to_end(context, order)
    room = next((room for room in order.rooms if not is_glob(room) and moderator.may_see(room)), None)
    if covers_all(moderator.scopes, order):
        raise role_too_low(moderator, context.policy, f"Ending case {order.case}", needed, room)
    by = f"; {order.issuer_name} gave it" if order.issuer_name else ""
    raise OutOfScope(
        f"Case {order.case} acts in rooms where you have not the role {needed.word}, too{by}. Whoever has it in all of "
        f"them can end it. Nothing was done. {standing(moderator, context.policy, needed, room)}"
    )
