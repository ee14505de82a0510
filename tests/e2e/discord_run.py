"""`usher run` as its own process: a stand-in Discord before it, a gate to the real livekit-server behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.clocks import PATIENCE
from tests.discord_markup import seen as read
from tests.discord_stand_in import DiscordStandIn, Shown, stand_in
from tests.e2e.chat_run import ChatBot
from tests.e2e.gate import Gate, gate_to
from tests.livekit_server import RunningServer


class Bot(ChatBot):
    """The process, and what people in Discord see of it. Ann is its admin; it serves Home, and tells #mods there."""

    def __init__(
        self, server: RunningServer, gate: Gate, discord: DiscordStandIn, folder: Path, more: Mapping[str, str]
    ) -> None:
        own = {
            "DISCORD_GUILDS": discord.world.guild("Home").id,
            "USHER_ADMINS": f"discord:{discord.world.user('ann').id}",
            "USHER_DISCORD_CHANNEL": discord.world.channel("mods").id,
        }
        super().__init__(server, gate, folder, {**discord.environment, **own, **more})
        self.discord = discord
        self._before = 0

    async def start(self, module: str = "adapters.cli", **more: str) -> None:
        """Launch it, and wait until it serves."""
        self.launch(module, **more)
        await self.serving()

    async def serving(self, seconds: float = PATIENCE) -> None:
        """Until it is connected and has registered its commands."""
        await self.discord.connected(seconds=seconds)
        await self.discord.until(lambda: self.discord.commands("Home"), seconds)

    async def kill(self) -> None:
        """Until Discord has noticed that its connection is gone; what is resumable belonged to it alone."""
        self.process.kill()
        await self.discord.connected(0)
        self.discord.gateway.sessions.clear()

    def new_page(self) -> None:
        """What has been said in Discord up to now is of no interest any more."""
        self._before = len(self.discord.desk.messages.all)
        self.discord.trouble.clear()

    def account(self, who: str) -> str:
        return f"discord:{self.discord.world.user(who).id}"

    def messages(self, who: str, words: str = "", channel: str = "") -> list[Shown]:
        """Ours on that screen, oldest first, with these words: in that channel, else those for this person alone."""
        ours = {one.id for one in self.discord.desk.messages.all[self._before :] if one.author == self.discord.app.id}
        wanted = self.discord.world.channel(channel).id if channel else ""
        direct = self.discord.world.direct(self.discord.world.user(who)).id
        return [
            one
            for one in self.discord.seen_by(who).messages
            if one.id in ours and not one.loading and words in text(one)
            and (one.channel == wanted if wanted else one.ephemeral or one.channel == direct)
        ]  # fmt: skip

    async def seen(self, who: str, words: str, channel: str = "") -> Shown:
        """The newest such message, once it is there."""
        try:
            shown: list[Shown] = await self.discord.until(lambda: self.messages(who, words, channel))
        except AssertionError as error:
            screen = [text(one) for one in self.messages(who)]
            raise AssertionError(f"{who} sees no {words!r} but {screen}, {error}; {self.process.log[-2000:]}") from None
        return shown[-1]

    def check(self) -> None:
        """Nothing that Discord would refuse, and no secret of its in the log."""
        self.holds_no((self.discord.app.token, *(one.token for one in self.discord.interactions)))
        self.discord.failures.check()


def text(shown: Shown) -> str:
    """A message as it is read."""
    return read(shown.text).text


@asynccontextmanager
async def discord_bot_for(
    server: RunningServer, folder: Path, *, start: bool = True, **more: str
) -> AsyncIterator[Bot]:
    """A bot with a Discord of its own; `more` are settings. What still runs in the end is killed."""
    folder.mkdir(exist_ok=True)
    async with gate_to(server.port) as gate, stand_in() as discord:
        bot = Bot(server, gate, discord, folder, more)
        try:
            if start:
                await bot.start()
            yield bot
            if bot.process.popen.poll() is None:
                assert await bot.terminate() == 0
            bot.check()
        finally:
            for process in bot.processes:
                process.kill()
