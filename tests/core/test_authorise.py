"""May they? Pure, and deny by default. And what people, grants and globs are."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authorise import authorise, is_oneself, protection, sees_hidden
from bot.errors import NotAModerator, OutOfScope, Protected, Refused, RoleTooLow
from bot.model import Kind, Participant, Permissions
from bot.people import ChatUser, Grant, Moderator, Role, glob_covers, glob_matches, is_glob, is_subject
from bot.policy import Policy
from tests.house import REGISTRY

MUTE, KICK, READ, METADATA = (REGISTRY[name] for name in ("mute", "kick", "participants", "metadata"))
BOB = Participant("bob", "PA_1", "Bob")
globs = st.text("ab*?", max_size=5)
names = st.text("ab", max_size=6)


def somebody(*grants: tuple[Role, str]) -> Moderator:
    user = ChatUser("slack:T1/U1", "u")
    return Moderator(user, tuple(Grant(user.subject, role, (rooms,)) for role, rooms in grants))


@pytest.mark.parametrize("command", list(REGISTRY), ids=lambda command: command.name)
def test_without_a_grant_everything_is_denied(command: object) -> None:
    verdict = authorise(somebody(), command, Policy(), room="r")  # type: ignore[arg-type]
    assert isinstance(verdict, NotAModerator)
    assert "slack:T1/U1" in verdict.user_text


@pytest.mark.parametrize(
    ("command", "least"),
    [(READ, Role.VIEWER), (MUTE, Role.MODERATOR), (METADATA, Role.ADMIN)],
    ids=lambda x: str(x)[:9],
)
def test_a_role_reaches_what_it_is_enough_for(command: object, least: Role) -> None:
    for role in (Role.VIEWER, Role.MODERATOR, Role.ADMIN):
        verdict = authorise(somebody((role, "*")), command, Policy(), room="r")  # type: ignore[arg-type]
        assert isinstance(verdict, RoleTooLow) == (role < least)


def test_a_role_counts_in_its_rooms_alone_and_the_highest_that_covers_the_room_counts() -> None:
    two = somebody((Role.VIEWER, "*"), (Role.MODERATOR, "stand*"))
    assert isinstance(authorise(two, MUTE, Policy(), room="standup"), Grant)
    assert isinstance(authorise(two, MUTE, Policy(), room="other"), RoleTooLow)
    assert isinstance(authorise(somebody((Role.ADMIN, "a")), MUTE, Policy(), room="b"), OutOfScope)
    assert isinstance(authorise(two, MUTE, Policy()), Grant), "before the room is known"


def test_a_role_of_none_is_no_role() -> None:
    assert isinstance(authorise(somebody((Role.NONE, "*")), READ, Policy(), room="r"), Refused)


@pytest.mark.parametrize(("kind", "removes"), list(product(Kind, (False, True))))
def test_each_kind_is_protected_as_the_table_says(kind: Kind, removes: bool) -> None:
    always = {Kind.EGRESS, Kind.INGRESS, Kind.BRIDGE, Kind.OTHER}
    callers = {Kind.AGENT, Kind.SIP, Kind.CONNECTOR}
    person = Participant("x", "PA_1", kind=kind)
    assert bool(protection(person, Policy(), removes=removes)) == (kind in always or (removes and kind in callers))


@pytest.mark.parametrize(("role", "force"), list(product((Role.MODERATOR, Role.ADMIN), (False, True))))
def test_the_protected_take_an_admin_and_force(role: Role, force: bool) -> None:
    person = Participant("x", "PA_1", kind=Kind.EGRESS)
    verdict = authorise(somebody((role, "*")), MUTE, Policy(), room="r", person=person, force=force)
    assert isinstance(verdict, Grant) == (role is Role.ADMIN and force)


def test_a_read_of_the_protected_is_none_of_protections_business() -> None:
    person = Participant("x", "PA_1", kind=Kind.EGRESS)
    assert isinstance(authorise(somebody((Role.VIEWER, "*")), REGISTRY["participant"], Policy(), person=person), Grant)


def test_hosts_hidden_people_and_attributes_protect() -> None:
    assert protection(BOB, Policy(protected=("b?b",)), removes=False)
    assert protection(Participant("x", "PA", permission=Permissions(hidden=True)), Policy(), removes=False)
    policy = Policy(protected_attribute="role=host")
    host = Participant("x", "PA", attributes={"role": "host"})
    assert protection(host, policy, removes=False)
    editing = Participant("x", "PA", attributes={"role": "host"}, permission=Permissions(can_update_metadata=True))
    assert not protection(editing, policy, removes=False)
    assert not protection(Participant("x", "PA", attributes={"role": "guest"}), policy, removes=False)
    assert not protection(BOB, Policy(), removes=True)


def test_a_refusal_of_the_unprotected_is_none() -> None:
    assert not isinstance(authorise(somebody((Role.MODERATOR, "*")), MUTE, Policy(), person=BOB), Protected)


def test_oneself_is_known_by_the_pattern_of_the_platform() -> None:
    policy = Policy(identities={"slack": "user-{id}"})
    assert is_oneself(somebody(), "user-U1", policy)
    assert not is_oneself(somebody(), "U1", policy)
    assert not is_oneself(somebody(), "user-U1", Policy())


def test_hidden_people_are_for_the_admins_of_that_room() -> None:
    assert sees_hidden(somebody((Role.ADMIN, "a")), "a")
    assert not sees_hidden(somebody((Role.ADMIN, "a"), (Role.MODERATOR, "*")), "b")


@given(globs, names)
def test_a_glob_matches_as_its_marks_say(glob: str, name: str) -> None:
    def slow(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(slow(pattern[1:], text[at:]) for at in range(len(text) + 1))
        return bool(text) and pattern[0] in ("?", text[0]) and slow(pattern[1:], text[1:])

    assert glob_matches(glob, name) == slow(glob, name)


@given(globs, globs, names)
def test_a_glob_that_covers_another_matches_all_that_it_matches(outer: str, inner: str, name: str) -> None:
    if glob_covers(outer, inner) and glob_matches(inner, name):
        assert glob_matches(outer, name)


@pytest.mark.parametrize(
    ("outer", "inner", "covers"),
    [
        ("*", "anything-*", True), ("a-*", "a-b", True), ("a-*", "a-b*", True), ("a-*", "a*", False),
        ("a", "a", True), ("a?", "a*", False), ("a*", "a?", True), ("*b", "*ab", True), ("?", "*", False),
    ],
)  # fmt: skip
def test_which_glob_covers_which(outer: str, inner: str, covers: bool) -> None:
    assert glob_covers(outer, inner) is covers


def test_brackets_and_line_breaks_are_ordinary_and_case_counts() -> None:
    assert glob_matches("[a] *", "[a] b\nc")
    assert not glob_matches("A", "a")
    assert is_glob("a?")
    assert not is_glob("[a]")


@pytest.mark.parametrize("subject", ["console:a.b", "slack:T1/U2", "slack:T1/@S3", "discord:4", "discord:4/@5"])
def test_a_subject_is_written_as_in_the_settings(subject: str) -> None:
    assert is_subject(subject)


@pytest.mark.parametrize(
    "text", ["", "alice", "console:", "console:a b", "slack:U2", "discord:a", "discord:4/5", "x:y"]
)
def test_and_in_no_other_way(text: str) -> None:
    assert not is_subject(text)


def test_roles_have_an_order_and_a_word() -> None:
    assert Role.NONE < Role.VIEWER < Role.MODERATOR < Role.ADMIN
    assert all(Role.parse(role.word.upper()) is role for role in Role)
    with pytest.raises(ValueError, match="no role is called"):
        Role.parse("king")


def test_a_person_sums_up_their_grants() -> None:
    two = somebody((Role.VIEWER, "*"), (Role.MODERATOR, "a"))
    assert (two.role, two.role_in("a"), two.role_in("b"), two.scopes) == (
        Role.MODERATOR,
        Role.MODERATOR,
        Role.VIEWER,
        ("*", "a"),
    )
    assert not somebody().may_see("a")
    assert (two.user.platform, two.user.id) == ("slack", "U1")
