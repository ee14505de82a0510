"""A modal asks within Discord's limits, and what is typed comes back under the keys that it was asked by."""

from __future__ import annotations

from adapters.discord.modals import Field, modal, reason_modal


def test_the_reason_of_a_case_is_asked_for_in_one_long_input() -> None:
    found = reason_modal("12")
    assert (found["custom_id"], found["title"]) == ("reason:12", "Reason for case 12")
    (label,) = found["components"]
    assert (label["label"], label["component"]["custom_id"], label["component"]["style"]) == ("Reason", "text", 2)
    assert label["component"]["required"]


def test_an_input_has_what_it_is_given_and_no_more() -> None:
    (label,) = modal("x:1", "Title", [Field("name", "Name", value="Bob" * 10, required=False, most=5)])["components"]
    assert label == {
        "type": 18,
        "label": "Name",
        "component": {
            "type": 4,
            "custom_id": "name",
            "style": 1,
            "required": False,
            "max_length": 5,
            "value": "BobBo",
        },
    }


def test_words_of_any_length_are_cut_with_a_mark() -> None:
    found = modal("x:1", "T" * 60, [Field("k", "L" * 60, "D" * 200)] * 9)
    assert (found["title"], len(found["components"])) == ("T" * 44 + "…", 5)
    assert found["components"][0]["label"] == "L" * 44 + "…"
    assert found["components"][0]["description"] == "D" * 99 + "…"
