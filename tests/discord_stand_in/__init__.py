"""A stand-in for Discord over real sockets: REST API, gateway, and people.

Inside a test, with the fixture `discord` (or `async with stand_in(World.usual()) as discord:`):

    environment = {**os.environ, **discord.environment}                    # a whole process (`usher run`) takes these
    await discord.connected()                                              # it is identified, and knows its servers

    done = await discord.command("ann", "general", "mute", who="bob")      # returns once answered, or after 3 s
    assert done.answered is not None and done.trouble == ""                # seconds; what the person was told instead
    [line] = await discord.until(lambda: discord.seen_by("ann").saying("Muted Bob"))  # Shown: text, labels, pings
    await discord.command("ann", "general", "usher person mute", who="bob", in_="standup", dry_run=True)   # a root
    await discord.command("ann", "mods", "moderator", subject=discord.world.user("cat"), role="viewer")    # picked
    await discord.command("ann", "@me", "whoami")                          # a direct message
    await discord.command("gus", "general", "mute", who="bob", unseen=True)    # what Discord does not show him
    alert = await discord.say("ben", "general", "someone screams")         # the bot is told no word of it
    await discord.say("ann", "general", f"{discord.me} mute bob")          # what mentions the bot, or is written to it
    await discord.say("ann", "@me", "mute bob")                            # directly, is told with its text
    await discord.on_message("ann", alert, "Moderate this room")           # a command in the menu of a message
    found = await discord.complete("ann", "general", "mute", "who", "bo")  # found.names, found.choices

    await discord.press("ann", line, "Undo")                               # a button, by what is on it
    await discord.select("ann", line, "Bob", menu="Choose a person")       # an entry of a select
    await discord.press("ben", line, "Undo", unseen=True, custom_id="x")   # what nobody should do; select(value=) too
    modal = discord.seen_by("ann").modal                                   # what a press has opened
    await discord.submit("ann", {"Reason": "spam"})                        # by label or custom_id

    await discord.again(done)                                              # the same interaction once more
    await discord.gateway.reconnect()                                      # invalidate(resumable=...), close(4000)
    discord.gateway.drop()                                                 # refusing = True; connections[0].mute = True
    discord.trouble.limit(CALLBACK, times=1, retry_after=0.1)              # slow, fail(500), drop; "*" is every route
    await discord.revoke()                                                 # restore()
    assert discord.called(POST) == []                                      # Call: route, path, body, token, status
    assert discord.commands("Home") == []                                  # as registered; without a name everywhere
    await discord.joined(discord.world.add_guild("New", "ann", joined=False))  # left(...), channel_changed("general")

People, servers and channels of `World.usual()` go by name or id. In Home (Olu's), Ann and Ben have the role Mods, Cat
has Helpers, Dan is an administrator, Gus has no role. Everybody reads #general with its thread `chat`, and #rules,
where nobody writes; Ann, Ben and the bot read #mods, Ann and Ben #secret. Away, with #lobby, is Eve's, who has another
role Mods there. All of them but Gus may time out members, which shows them commands that ask for that.

A late answer gets 10062, a second one 40060, one with a token of 15 minutes ago (or before the first answer) 10015; the
codes stand in the interaction's `refused`. Every session gets every interaction of its shard. What Discord would refuse
as a body is answered with 50035 and kept in `discord.failures`, as are unknown routes, a User-Agent that is none, the
token in what is sent, and frames that are none; they fail the test at its end. `failures.take("content of 2001")`
forgives one. `discord.checks.schemas = False` spends no time on schemas: for measurements.
`discord.timing.answer_seconds` is how long it waits (15 s; Discord itself 3), `stand_in(clock=ManualClock())` lets a
test age tokens.
"""

from tests.discord_stand_in.interactions import Interaction
from tests.discord_stand_in.messages import Shown
from tests.discord_stand_in.stand_in import DiscordStandIn, stand_in
from tests.discord_stand_in.world import App, World
from tests.discord_stand_in.writing import CALLBACK, EDIT, FOLLOWUP, POST

__all__ = ["App", "CALLBACK", "DiscordStandIn", "EDIT", "FOLLOWUP", "Interaction", "POST", "Shown", "World", "stand_in"]
