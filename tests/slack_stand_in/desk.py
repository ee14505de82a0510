"""All that the stand-in knows, in one place, and how a body becomes a message. Pure but for the clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.ports import Clock
from tests.slack_stand_in.answers import Answer, Answers
from tests.slack_stand_in.calls import Secrets
from tests.slack_stand_in.checks import Checks
from tests.slack_stand_in.controls import Json, named
from tests.slack_stand_in.errors import Failures, Refused
from tests.slack_stand_in.messages import Message, Messages
from tests.slack_stand_in.stamps import Stamps
from tests.slack_stand_in.views import Triggers, Views
from tests.slack_stand_in.world import World

_TRUE = (True, "true", "True", 1, "1")


class Desk:
    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock = world, clock
        self.failures = Failures()
        app = world.app
        secrets = {"bot": app.bot_token, "app": app.app_token, "signing": app.signing_secret}
        self.secrets = Secrets(self.failures, secrets)
        self.stamps = Stamps(clock)
        self.checks = Checks(self.failures)
        self.messages = Messages()
        self.views = Views(self.stamps)
        self.triggers = Triggers(clock, self.stamps)
        self.answers = Answers(clock, self.stamps)

    def post(
        self, body: Mapping[str, Any], channel: str, where: str, *, thread_ts: str = "", only_for: str = ""
    ) -> Message:
        """A message of the app's; Refused when the body is none."""
        text, blocks = self.checks.message(body, where)
        thread = ""
        if thread_ts:
            thread = self.messages.thread(channel, thread_ts)
            if not thread:
                self.failures.add(f"{where}: nobody sees a thread {thread_ts} in {channel}")
                thread = thread_ts
        author = self.world.app.user
        kept = named(blocks, self.stamps.new)
        return self.messages.add(Message(channel, self.stamps.ts(), author, text, kept, thread, only_for))

    def replace(self, message: Message, body: Mapping[str, Any], where: str) -> None:
        """Blocks that are not given stay (chat.update: an empty list removes them)."""
        text, blocks = self.checks.message(body, where)
        message.replace(text, named(blocks, self.stamps.new) if "blocks" in body else message.blocks)

    def respond(self, answer: Answer, body: Json, where: str) -> None:
        """What a post to a response address, or a slash command's acknowledgement, does.

        A slash command has no message to replace: `replace_original` does nothing there (slackapi/bolt-js #2287).
        Only a message for everybody goes into a thread ("publishing responses in thread").
        """
        everybody = body.get("response_type") == "in_channel"
        if answer.source is not None and self._changed(answer.source, body, where):
            return
        if body.get("thread_ts") and not everybody:
            self.failures.add(f"{where}: only a message with response_type in_channel goes into a thread")
        thread = str(body.get("thread_ts") or "") if everybody else ""
        self.post(body, answer.channel, where, thread_ts=thread, only_for="" if everybody else answer.user)

    def _changed(self, source: Message, body: Json, where: str) -> bool:
        """Whether the body was for the message that the press came from."""
        if body.get("delete_original") in _TRUE:
            source.deleted = True
            return True
        if "replace_original" not in body:
            self.failures.add(f"{where}: neither replace_original nor delete_original says what becomes of the message")
        if body.get("replace_original", True) not in _TRUE:
            return False
        if source.deleted:
            raise Refused("message_not_found")
        self.replace(source, {"blocks": [], **body}, where)
        return True
