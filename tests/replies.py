"""A corpus of replies for every renderer: each part, each edge, names that try to be something else.

Nothing in it is of any platform; what a renderer makes of it must stay within the limits of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.command import Again, BoundInvocation, Nothing, Target
from bot.history import Outcome
from bot.reply import (
    Audience,
    Button,
    Choice,
    Choices,
    Code,
    Column,
    Fields,
    Mention,
    Menu,
    Name,
    Reply,
    Span,
    Spans,
    Style,
    Table,
    Time,
    Tone,
    each_button,
    say,
    text,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
BOB = Target("standup", "bob-1", "PA_bob", "Bob")

HOSTILE = (
    "*bold* _italic_ ~struck~ `code`",
    "```\nblock\n```",
    "> quoted",
    "<!channel> <!here> <!everyone> <!subteam^S1|@ops>",
    "<@U12345678> <#C12345678|general>",
    "@channel @here @everyone",
    "<https://evil.example|click here> https://evil.example",
    "&lt;!channel&gt; &amp;amp;",
    ":poop: :skin-tone-2: ::",
    "<!date^0^{date}|never>",
    "||spoiler|| **strong** __under__ [link](https://evil.example) # title",
    "line\nbreak\r\nand\u2028more\x00\x07",
    "\u202egnirts desrever\u202c \u2066open",
    "שלום עולם",
    "👩‍👩‍👧‍👦" * 20,
    "a\u0301\u0302\u0303" * 40,
    "half \ud800 a character",
    "user_1_2 file*name*x a~b~c",
    " ",
    "",
    "/kick everybody",
    "…" * 300,
)
ROW_MENU = ("Mute", "Keep muted", "Move to audience", "Remove", "More")
LENGTHS = (1, 23, 24, 25, 74, 75, 76, 149, 150, 151, 255, 256, 1999, 2000, 2001, 2999, 3000, 3001, 4001)


def bound(command: str = "mute") -> BoundInvocation:
    return BoundInvocation(command, "standup", BOB, {}, "bob")


def button(label: str, style: Style = Style.PLAIN) -> Button:
    return Button(label, Again("participants"), style)


def stored(reply: Reply) -> Reply:
    """The reply as the dispatcher hands it over: every button under a token."""
    numbers = iter(range(100_000))

    def token(one: Button) -> Button:
        return replace(one, token=f"token-{next(numbers):010d}")

    return each_button(reply, token)


def question(name: str) -> Reply:
    title = say("Remove ", Name(name), " (", Name("…7f3a2b"), ") from ", Name("standup"), "?")
    yes, no = Button("Remove", bound("kick"), Style.DANGER), Button("No", Nothing())
    return Reply(Tone.WARN, title, (text("Reason: ", Name(name)),), (yes, no), question=True, command="kick")


def case(name: str) -> Reply:
    title = say("Muted ", Name(name), " in ", Name("standup"), ": microphone TR_1.")
    parts = (text("They can unmute themselves. Keep muted (/mute ... lock) takes the source away."),)
    buttons = (Button("Keep muted", bound()), Button("Undo case 12", bound("undo")))
    return Reply(Tone.OK, title, parts, buttons, Audience.PUBLIC, 12, Outcome.DONE, "mute")


def table(names: list[str]) -> Reply:
    columns = (Column("Name"), Column("Identity", 1), Column("Tracks"), Column("Joined", 3))
    rows = tuple(
        (say(Name(one)), say(Name(f"{one}-{index}")), say("microphone open"), say(Time(NOW - timedelta(hours=1), NOW)))
        for index, one in enumerate(names)
    )
    title = say(Name("standup"), f": {len(rows)} people")
    buttons = (button("Quiet the room"), button("Next page"))
    return Reply(Tone.INFO, title, (Table(columns, rows), text("9 more: /participants 2")), buttons, command="x")


def with_menus(names: list[str], labels: Sequence[str] = ROW_MENU) -> Reply:
    """The same table with a menu of these entries behind each row."""
    reply = table(names)
    (rows, *rest), menu = reply.parts, tuple(Button(label, bound()) for label in labels)
    assert isinstance(rows, Table)
    return replace(reply, parts=(replace(rows, menus=(menu,) * len(names), audible=len(names)), *rest))


def uneven_menus() -> Reply:
    """Rows with fewer menus than rows, menus without entries, and a row without words."""
    (rows, *_) = with_menus(["Anna", "Bob", "Carl", "Dora"]).parts
    assert isinstance(rows, Table)
    whole, short = rows.menus[0], rows.menus[0][-1:]
    nameless = replace(rows, rows=((say(""),), *rows.rows[1:]), menus=(whole, (), short))
    return Reply(Tone.INFO, say("standup"), (nameless,))


def menu(labels: Sequence[str], label: str = "Reason") -> Reply:
    """An answer with a list to pick from, below what can be pressed."""
    entries = tuple(Button(one, BoundInvocation("reason", "standup", values={"n": 12, "text": one})) for one in labels)
    reply = case("Bob")
    return replace(reply, parts=(*reply.parts, Menu(label, entries)))


def choices(names: list[str]) -> Reply:
    options = tuple(
        Choice(say(Name(one), " (", Name(f"…{index}"), "), camera muted, in ", Name("standup")), button(one or "?"))
        for index, one in enumerate(names)
    )
    return Reply(Tone.INFO, say("Who is meant: ", Name("x"), "?"), (Choices(options),), command="mute")


def fields(names: list[str]) -> Reply:
    items = tuple((f"field {index}", say(Name(one), " -> ", Code(one))) for index, one in enumerate(names))
    return Reply(Tone.INFO, say("Bob"), (Fields(items), text("/help")), case=3)


def sentence(*spans: str | Span) -> Reply:
    return Reply(Tone.ERROR, say(*spans))


MENTIONS: Spans = (
    Mention("slack:T111/U222", "ann"),
    Mention("slack:T999/U222", "other"),
    Mention("slack:T111/@S1", "ops"),
    Mention("discord:80351110224678912", "dan"),
    Mention("console:alice"),
    Mention("slack:T111/U2>|<!channel>", "odd"),
)


def corpus() -> dict[str, Reply]:
    """Every reply under the name of what it tries."""
    found = {
        "one word": sentence("Done."),
        "nothing": sentence(""),
        "an empty part": Reply(Tone.INFO, say("Done."), (text(""), Fields(()), Table((), ()), Choices(()))),
        "every span": sentence("By ", *MENTIONS, " at ", Time(NOW - timedelta(days=3), NOW), ": ", Code("/help mute")),
        "a moment now": sentence("Joined ", Time(NOW, NOW)),
        "a cell that repeats the one before": table(["same"]),
        "many buttons": Reply(Tone.INFO, say("?"), buttons=tuple(button(f"Button {n}") for n in range(30))),
        "two dangers": Reply(
            Tone.WARN, say("?"), buttons=(button("Yes", Style.DANGER), button("Also", Style.DANGER)), question=True
        ),
        "100 people": table([f"Person {n}" for n in range(100)]),
        "1000 people": table([f"Person {n}" for n in range(1000)]),
        "10 choices": choices([f"Person {n}" for n in range(10)]),
        "twins to choose from": choices(["Anna", "Anna", "Bob"]),
        "11 choices": choices([f"Person {n}" for n in range(11)]),
        "300 choices": choices([f"Person {n}" for n in range(300)]),
        "100 kB": sentence("&" * 100_000),
        "100 kB of lines": sentence("\n".join(["line"] * 20_000)),
        "100 kB in a name": sentence("Metadata: ", Name("<" * 100_000), " and more", Mention("slack:T111/U1")),
        "100 kB to copy": sentence(Code("`" * 100_000)),
        "menus of 20 people": with_menus([f"Person Number {n}" for n in range(20)]),
        "menus of 100 people": with_menus([f"Person Number {n}" for n in range(100)]),
        "menus of 1000 people": with_menus([f"Person Number {n}" for n in range(1000)]),
        "menus of one entry": with_menus([f"Person {n}" for n in range(20)], ["More"]),
        "menus of seven entries": with_menus(["Anna", "Bob"], [*ROW_MENU, "Sixth", "Seventh"]),
        "uneven menus": uneven_menus(),
        "menus of hostile names": with_menus(list(HOSTILE)),
        "menus of hostile entries": with_menus(["Bob"] * 5, HOSTILE[:5]),
        "menu of hostile entries": menu(HOSTILE, HOSTILE[0]),
        "menu without entries": menu([]),
        "several menus": replace(menu(()), parts=tuple(menu(["x" * 75] * 90, str(n)).parts[-1] for n in range(5))),
        "200 fields": fields([f"value {n}" for n in range(200)]),
    }
    found |= {f"menu of {number}": menu([f"reason {n}" for n in range(number)]) for number in (1, 5, 20, 100, 300)}
    makers = {"question": question, "case": case}
    for index, name in enumerate(HOSTILE):
        found |= {f"{kind} of hostile name {index}": make(name) for kind, make in makers.items()}
        found[f"hostile name {index} to copy"] = sentence("Type ", Code(name), ".")
        found[f"hostile name {index} in a sentence"] = sentence(name)
    found |= {"hostile table": table(list(HOSTILE)), "hostile choices": choices(list(HOSTILE[:10]))}
    found |= {"many hostile choices": choices(list(HOSTILE)), "hostile fields": fields(list(HOSTILE))}
    for length in LENGTHS:
        found[f"question of {length}"] = question("x" * length)
        found[f"sentence of {length}"] = sentence("x" * length)
        found[f"button of {length}"] = Reply(Tone.INFO, say("?"), buttons=(button("x" * length),))
        found[f"menu with labels of {length}"] = menu(["x" * length] * 20, "y" * length)
        found[f"menus with labels of {length}"] = with_menus(["Bob"] * 20, ["x" * length] * 5)
        found[f"choices of {length}"] = choices(["x" * length, "y" * length])
        found[f"emoji of {length}"] = case("😀" * length)
    return {name: stored(reply) for name, reply in found.items()}


CORPUS = corpus()
