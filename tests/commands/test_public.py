"""The one line that tells the other moderators of a write: what stands in it, and what never does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import EntryKind, Outcome
from bot.model import Kind, Permissions, Source
from bot.people import Role
from bot.plain import spans_text
from bot.policy import Policy
from bot.reply import Audience, Mention, Reply
from tests.core import faults
from tests.core.histories import FULL, failing
from tests.house import BACKSTAGE, REGISTRY, STANDUP, House, labels, told

CALLER, NUMBER = "sip_+441234567890", "441234567890"
HIDDEN = "EG_recorder"


@dataclass(frozen=True, slots=True)
class Write:
    """A line, what the others are told of it behind the actor's name, and whether that can be undone.

    `first` makes what it is about; `{n}` is the number of the case before.
    """

    line: str
    title: str
    undo: bool = False
    first: str = ""


WRITES = (
    Write("attribute bob table=4", "Changed attributes of Bob Stone in standup: table=4.", undo=True),
    Write("ban bob", "Keeping Bob Stone out of standup for 24 h, until 05:06 UTC.", undo=True),
    Write("close", "Ended standup for everyone (9 in it)."),
    Write("demote bob", "Bob Stone is in the audience in standup.", undo=True),
    Write("door listen-only for 10m", "The doors of standup are listen-only for 10 min, until 05:16 UTC.", undo=True),
    Write("door open", "The doors of standup are open.", first="door listen-only"),
    Write("kick bob", "Removed Bob Stone from standup."),
    Write("metadata bob {}", "Set the metadata of Bob Stone in standup (2 bytes)."),
    Write("moderator console:zed viewer", "console:zed has the role viewer in *."),
    Write("move bob backstage", "Moved Bob Stone from standup to another room.", undo=True),
    Write("mute bob", "Muted Bob Stone in standup: microphone {track}."),
    Write(
        "mute bob lock",
        "Keeping Bob Stone muted in standup until it is ended: microphone, screen sound taken away.",
        undo=True,
    ),
    Write(
        "promote omar for 5m",
        "Omar is on stage in standup for 5 min, until 05:11 UTC: may publish camera, microphone, screen, screen sound.",
        undo=True,
    ),
    Write("name bob Bobby", "Bob Stone (bob) is called Bobby in standup now.", undo=True),
    Write(
        "order {n} end",
        "Ended the lock of Bob Stone (microphone, screen sound) in standup.",
        first="mute bob lock",
    ),
    Write("permissions bob can_publish_data=no", "Changed permissions of Bob Stone in standup.", undo=True),
    Write(
        "promote omar", "Omar is on stage in standup: may publish camera, microphone, screen, screen sound.", undo=True
    ),
    Write("quiet", "Quiet: 5 of 5 people muted in standup."),
    Write("reason {n} too loud", "Case {n} has a new reason: too loud", first="demote bob"),
    Write("room-metadata {}", "Set the metadata of standup (2 bytes).", undo=True),
    Write("unban bob", "Ended the ban of Bob Stone in standup.", first="ban bob"),
    Write("undo {n}", "Undid case {n} (demote Bob Stone (bob) in standup).", undo=True, first="demote bob"),
    Write("unmute bob", "Bob Stone may use microphone, screen sound again in standup.", first="mute bob lock"),
    Write("use standup", "standup is now the room of the channel c."),
)


async def done(house: House, line: str, as_: str = "alice", **more: Any) -> Reply:
    """The answer to the line, its question answered with yes."""
    reply = await house.say(line, as_, **more)
    return await house.yes(as_) if reply.question else reply


def line_of(reply: Reply) -> Reply:
    assert reply.public is not None, told(reply)
    return reply.public


def said(reply: Reply) -> str:
    """The line behind the actor's name."""
    return spans_text(line_of(reply).title).partition("): ")[2]


async def test_its_undo_stays_for_the_others_while_one_of_them_is_only_asked(house: House) -> None:
    line = line_of(await done(house, "mute bob lock"))
    [label] = labels(line)
    asked = [await house.press(label, who, of=line) for who in ("alice", "mia")]
    assert [reply.question for reply in asked] == [True, True]
    await house.press("No, leave it", "alice", of=asked[0])
    assert (await house.press("Undo it", "mia", of=asked[1])).outcome is Outcome.DONE
    assert "answered already" not in told(await house.press(label, "alice", of=line))


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.line)
async def test_each_write_has_one_line_with_who_what_case_and_undo(cloud: House, write: Write) -> None:
    number = (await done(cloud, write.first)).case if write.first else None
    there = "bob" in cloud.rooms.rooms[STANDUP].people
    track = cloud.track("bob").sid if there and cloud.track("bob") else ""
    line = write.line.replace("{n}", str(number)) + (" --force" if write.line == "close" else "")
    reply = await done(cloud, line)
    assert reply.outcome is Outcome.DONE, told(reply)
    public = line_of(reply)
    assert said(reply) == write.title.replace("{n}", str(number)).replace("{track}", track)
    assert public.title[0] == Mention("console:alice", "alice")
    assert (public.case, public.outcome, public.command) == (reply.case, Outcome.DONE, line.split()[0])
    assert public.audience is Audience.PUBLIC
    assert public.parts == ()
    assert public.public is None
    assert labels(public) == ([f"Undo case {reply.case}"] if write.undo else [])
    assert public.room == reply.room
    undone = told(await cloud.say(f"undo {reply.case}", "alice"))
    never = ("cannot be undone", "nothing to undo", "has ended already")
    possible = not any(words in undone for words in never)
    assert possible == write.undo or line.startswith("reason"), undone


def test_the_table_holds_every_write() -> None:
    assert {write.line.split()[0] for write in WRITES} == {command.name for command in REGISTRY if command.writes}


async def test_the_line_is_about_the_room_of_what_was_done(house: House) -> None:
    case = (await house.say("demote mei", "alice", room=BACKSTAGE)).case
    for line, room in ((f"reason {case} x", BACKSTAGE), (f"undo {case}", BACKSTAGE), ("mute bob", STANDUP)):
        assert line_of(await done(house, line)).room == room
    assert line_of(await done(house, "moderator console:zed none", "alice")).room == ""
    assert line_of(await done(house, "use stand*")).room == ""


async def test_whoever_may_undo_does_it_from_the_line(house: House) -> None:
    public = line_of(await house.say("demote bob"))
    assert (await house.press("Undo case 4", "vera", of=public)).outcome is Outcome.REFUSED
    question = await house.press("Undo case 4", "alice", of=public)
    assert question.question, told(question)
    assert question.public is None
    assert line_of(await house.yes("alice")).title[0] == Mention("console:alice", "alice")
    assert house.person("bob").permission["can_publish"]


async def test_the_reason_stands_behind_it(house: House) -> None:
    assert said(await house.say("demote bob off topic")) == "Bob Stone is in the audience in standup. Reason: off topic"
    assert said(await house.sure("kick bob spam")) == "Removed Bob Stone from standup. Reason: spam"


async def test_what_holds_already_is_told_with_its_case_and_nothing_to_undo(house: House) -> None:
    await house.say("demote bob")
    again = line_of(await house.say("demote bob"))
    assert again.outcome is Outcome.ALREADY
    assert again.buttons == ()


@pytest.mark.parametrize(
    "line",
    [
        "participants", "history", "whoami", "mute nobody", "mute", "kick bob", "quiet", "demote bob --dry-run",
        "quiet --dry-run", "promote noa --force", "metadata bob x", "mute EG_recorder", "kick mei in:backstage",
        "nonsense", "mute omar",
    ],
)  # fmt: skip
async def test_reads_questions_dry_runs_refusals_and_mistakes_are_told_to_nobody(house: House, line: str) -> None:
    assert (await house.say(line)).public is None
    assert (await house.say(line, "mallory")).public is None


async def test_a_command_that_knows_no_dry_run_does_nothing_when_asked_for_one_by_an_option(house: House) -> None:
    for line, options in (
        ("use", {"room": STANDUP}), ("moderator", {"who": "console:zed", "role": "viewer"}),
        ("reason", {"n": "4", "text": "x"}), ("participants", {}),
    ):  # fmt: skip
        await house.say("mute bob")
        reply = await house.say(line, "alice", options={**options, "dry-run": "true"})
        assert "There is no dry-run here" in told(reply)
        assert reply.case is None
    assert (await house.say("mute", options={"who": "bob", "dry-run": "true"})).public is None
    assert "There is no force here" in told(await house.say("rooms", options={"force": "yes"}))


@pytest.mark.parametrize("line", [write.line for write in WRITES])
async def test_no_dry_run_is_told(cloud: House, line: str) -> None:
    case = (await done(cloud, "demote anna")).case
    line = line.replace("{n}", str(case))
    name, _, rest = line.partition(" ")
    reply = await cloud.say(f"{name} --dry-run {rest}".strip(), "alice")
    assert reply.public is None, told(reply)


# What failed


async def test_a_write_that_failed_is_told_and_there_is_nothing_to_undo(house: House) -> None:
    house.service.around = faults.failing(faults.REFUSED, after=False)
    failed = await house.say("demote bob")
    assert line_of(failed).outcome is Outcome.FAILED
    assert said(failed) == "Could not move Bob Stone to the audience in standup. LiveKit refused it."
    assert labels(line_of(failed)) == []


async def test_what_is_not_known_or_did_not_work_is_told_and_may_be_undone(house: House) -> None:
    house.service.around = faults.lying_with_the_old_state(house, "bob")
    reply = await house.say("demote bob")
    assert line_of(reply).outcome is Outcome.NOT_EFFECTIVE
    assert said(reply).startswith("LiveKit accepted it, but the room does not show it.")
    house.service.around = faults.failing(faults.RESET, "UpdateParticipant", after=False)
    unknown = await house.say("demote bob")
    assert line_of(unknown).outcome is Outcome.UNKNOWN
    assert labels(line_of(unknown)) == [f"Undo case {unknown.case}"]


async def test_a_write_that_failed_before_it_began_is_told_with_what_it_was(house: House) -> None:
    house.service.around = faults.failing(faults.UNREACHABLE, "ListParticipants", after=False)
    reply = await house.say("mute bob shouting")
    assert reply.outcome is Outcome.FAILED
    assert said(reply) == "/mute in standup: LiveKit cannot be reached. Nothing was changed."
    assert line_of(reply).audience is Audience.PUBLIC
    house.service.around = faults.failing(faults.UNREACHABLE, "GetParticipant", after=False)
    reply = await house.say("mute bob shouting")
    assert said(reply) == "/mute Bob Stone in standup: LiveKit cannot be reached. Nothing was changed. Reason: shouting"


async def test_a_write_that_failed_before_its_room_was_known_names_none(house: House) -> None:
    house.service.around = faults.failing(faults.UNREACHABLE, "ListRooms", after=False)
    reply = await house.say("mute bob", room="")
    assert said(reply) == "/mute: LiveKit cannot be reached. Nothing was changed."
    assert line_of(reply).room == ""


async def test_an_undo_that_failed_before_it_began_is_not_told_since_it_may_be_about_anybody(house: House) -> None:
    case = (await house.say("demote bob")).case
    house.service.around = faults.failing(faults.UNREACHABLE, "GetParticipant", after=False)
    reply = await house.say(f"undo {case}", "alice")
    assert reply.outcome is Outcome.FAILED
    assert reply.case is not None
    assert reply.public is None


async def test_a_pending_record_is_told_all_the_same(house: House) -> None:
    failing(house, EntryKind.OUTCOME)
    reply = await house.say("demote bob")
    assert "Record pending" in told(reply)
    assert said(reply) == "Bob Stone is in the audience in standup."
    assert labels(line_of(reply)) == [f"Undo case {reply.case}"]


async def test_a_line_whose_button_cannot_be_kept_is_one_line_without_it(house: House) -> None:
    class Full:
        async def put(self, items: object) -> None:
            raise FULL

    full: Any = Full()
    house.use(pending=full)
    line = line_of(await house.say("demote bob"))
    assert (line.buttons, line.parts) == ((), ())


class Unread:
    """A history of which no case can be read."""

    def __init__(self, house: House) -> None:
        self._history = house.database.history

    async def case(self, number: int) -> Any:
        raise FULL

    def __getattr__(self, name: str) -> Any:
        return getattr(self._history, name)


async def test_while_the_case_cannot_be_read_only_what_is_surely_about_nobody_hidden_is_told(house: House) -> None:
    unread: Any = Unread(house)
    house.use(history=unread)
    reply = await house.say("demote bob")
    assert labels(line_of(reply)) == [f"Undo case {reply.case}"]
    assert said(await house.sure("quiet")).startswith("Quiet: ")
    assert (await done(house, f"mute {HIDDEN} lock --force")).public is None
    await house.say("participants")
    assert (await done(house, "kick bob")).public is not None
    gone = await done(house, "kick bob")
    assert gone.outcome is Outcome.ALREADY
    assert gone.public is None, "nobody can tell any more"
    undone = await house.say("undo")
    assert undone.public is None, told(undone)


# What not everybody may know


@pytest.mark.parametrize(
    "line",
    [
        "mute {} lock --force", "kick {} --force", "attribute {} a=b --force", "metadata {} --force x",
        "permissions {} can_subscribe=no --force", "permissions {} hidden=no --force", "promote {} --force",
        "name {} --force Rec",
    ],
)  # fmt: skip
async def test_nothing_about_hidden_people_is_told_nor_of_its_undo_nor_its_reason(house: House, line: str) -> None:
    reply = await done(house, line.format(HIDDEN))
    assert reply.outcome in (Outcome.DONE, Outcome.ALREADY), told(reply)
    assert reply.public is None
    assert (await done(house, f"reason {reply.case} a better one")).public is None
    undone = await done(house, f"undo {reply.case} --force")
    assert undone.public is None, told(undone)
    assert HIDDEN not in told(await house.say("history", "mia"))
    assert HIDDEN not in told(await house.say("history", "vera"))


async def test_somebody_hidden_who_has_left_is_not_told_of(house: House) -> None:
    await house.say("participants", "alice")
    house.rooms.leave(STANDUP, HIDDEN)
    reply = await done(house, f"kick {HIDDEN} --force")
    assert reply.outcome is Outcome.ALREADY, told(reply)
    assert reply.public is None
    house.service.around = faults.failing(faults.UNREACHABLE, "GetParticipant", after=False)
    failed = await done(house, f"kick {HIDDEN} --force")
    assert failed.outcome is Outcome.FAILED
    assert failed.public is None
    assert HIDDEN not in told(await house.say("history"))


async def test_who_is_made_hidden_is_not_told_of(house: House) -> None:
    reply = await done(house, "permissions bob hidden=yes")
    assert reply.outcome is Outcome.DONE
    assert reply.public is None
    undone = await done(house, f"undo {reply.case} --force")
    assert undone.outcome is Outcome.DONE, told(undone)
    assert undone.public is None


async def test_closing_a_room_counts_nobody_hidden(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("ghost", "Ghost", Permissions(hidden=True)))
    reply = await done(house, "close --force")
    assert "(11 in it)" in told(reply)
    assert said(reply) == "Ended standup for everyone (9 in it)."


@pytest.fixture
def called(house: House) -> House:
    attributes = {"sip.phoneNumber": f"+{NUMBER}"}
    house.rooms.join(STANDUP, JoinGrant(CALLER, NUMBER, attributes=attributes, kind=Kind.SIP))
    house.rooms.publish(STANDUP, CALLER, Source.MICROPHONE)
    return house


@pytest.mark.parametrize("forgotten", [False, True])
@pytest.mark.parametrize(
    "line",
    [
        "mute {}", "demote {} it was {}", "name {} Call 0987654321", "kick {} --force", "attribute {} sip.x=0{}",
        "attribute {} note={} sip.callId=12345",
    ],
)  # fmt: skip
async def test_no_telephone_number_is_told(called: House, line: str, forgotten: bool) -> None:
    reply = await done(called, line.replace("{}", CALLER, 1).replace("{}", NUMBER))
    if forgotten:
        called.use(recent=type(called.services.recent)())
    lines = [reply, await done(called, f"reason {reply.case} x"), await done(called, f"undo {reply.case}")]
    for one in lines:
        text = "" if one.public is None else spans_text(one.public.title) + "".join(labels(one.public))
        digits = "".join(char for char in text if char.isdigit())
        assert NUMBER[-6:] not in digits, text
        assert "0987654321"[-6:] not in digits, text
        assert "12345" not in text


async def test_a_number_of_somebody_else_is_not_told_in_a_reason(called: House) -> None:
    reply = await done(called, f"demote bob called by {NUMBER}")
    assert said(reply) == "Bob Stone is in the audience in standup. Reason: called by …90"


async def test_the_digits_of_a_room_are_no_number(called: House) -> None:
    called.rooms.join("room-20260304", JoinGrant(CALLER, NUMBER, kind=Kind.SIP))
    reply = await done(called, f"demote {CALLER}", room="room-20260304")
    assert said(reply) == "…90 is in the audience in room-20260304."


async def test_sip_attributes_are_told_as_changed_and_no_more(house: House) -> None:
    reply = await done(house, "attribute bob SIP.trunk=secret table=4 old=")
    assert "secret" in told(reply)
    assert said(reply) == "Changed attributes of Bob Stone in standup: table=4 and old deleted."
    reply = await done(house, "attribute bob sip.trunk=other")
    assert said(reply) == "Changed attributes of Bob Stone in standup."


async def test_metadata_is_told_by_its_size_alone(house: House) -> None:
    for line in ("metadata bob secret", "metadata bob secret", "room-metadata secret", "room-metadata secret"):
        assert "secret" not in spans_text(line_of(await done(house, line)).title)
    assert said(await done(house, "room-metadata")) == "Cleared the metadata of standup."


async def test_a_room_beyond_this_one_is_not_named(cloud: House) -> None:
    assert "standup" in told(await done(cloud, "move mei standup", room=BACKSTAGE))
    for line in ("move bob backstage", "use standup"):
        assert BACKSTAGE not in spans_text(line_of(await done(cloud, line)).title)
    cloud.service.around = faults.failing(faults.REFUSED, after=False)
    failed = await done(cloud, "move anna backstage")
    assert BACKSTAGE in told(failed)
    assert said(failed) == "Could not move Anna from standup to another room. LiveKit refused it."


async def test_the_rooms_of_a_role_are_told_only_when_they_are_all(house: House) -> None:
    async def given(line: str) -> str:
        return said(await done(house, f"moderator console:zed {line}"))

    assert await given("viewer in:secret-*") == "console:zed has the role viewer in some rooms (see /moderators)."
    assert (
        await given("viewer in:secret-*") == "console:zed has already the role viewer in some rooms (see /moderators)."
    )
    assert await given("admin in:*") == "console:zed has the role admin in *."
    assert await given("none in:secret-*") == "console:zed has no role any more."
    assert await given("none") == "console:zed has no role."


async def test_a_name_that_somebody_chose_stays_a_name(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("eve", "x: Undid case 1\n<!channel>"))
    line = line_of(await house.say("demote eve"))
    assert "x: Undid case 1\n<!channel>" in [
        getattr(span, "text", "") for span in line.title if type(span).__name__ == "Name"
    ]
    assert "\n" not in spans_text(line.title)


async def test_a_role_below_moderator_for_a_write_is_told_too(house: House) -> None:
    house.use(Policy(admins=("console:alice",), roles={"mute": Role.VIEWER}))
    assert line_of(await house.say("mute bob", "vera")).title[0] == Mention("console:vera", "vera")
