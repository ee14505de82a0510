"""A stand-in for Slack over real sockets: Web API, Socket Mode, signed HTTP, response addresses, and people.

Inside a test, with the fixture `slack` (or `async with stand_in(World.usual(enterprise="E0CORP")) as slack:`):

    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)   # for an app in this process; a whole one
    environment = {**os.environ, **slack.environment}                      # (`usher run`) takes these settings
    await slack.connected()                                                # it has one websocket open

    done = await slack.slash("ann", "general", "/usher", "mute bob")       # returns once acknowledged, or after 3 s
    assert done.acked is not None and "Muting" in done.ack["text"]         # what the acknowledgement carried
    [line] = await slack.until(lambda: slack.seen_by("ann").saying("Muted Bob"))   # Shown: text, blocks, thread_ts, ...
    await slack.press("ann", line, "Undo")                                 # a button or menu entry, by what is on it
    await slack.press("ann", line, "Remove", beside="Bob")                 # the one in the row that has Bob in it
    await slack.press("ben", line, "Undo", unseen=True, forged={"value": "x"})     # what nobody should do

    alert = slack.say("ben", "secret", "someone is screaming in room x")   # the app is told nothing of it
    await slack.message_shortcut("ann", alert, "moderate_message")         # also where the app is no member
    await slack.mention("ann", "general", "participants")                  # thread_ts=... in a thread
    await slack.direct("ann", "help")
    [view] = await slack.until(lambda: slack.seen_by("ann").views)         # the stack of modals, the top one last
    found = await slack.search("ann", view, "person", "bo")                # found.options == ["Bob Stone"]
    await slack.submit("ann", view, {"person": "Bob Stone", "action": "Mute"})     # by block_id: text, label or value
    await slack.open_home("ann")                                           # then slack.seen_by("ann").home.labels
    await slack.group_changed("stage-hands", ["ann"])

    slack.use_http("http://127.0.0.1:8080/slack/events")                   # the same people, over signed HTTP
    await slack.deliver_http(url, payload, secret="forged")                # age=600, retry=(1, "http_timeout"), headers
    await slack.redeliver(done)                                            # the same payload, with its retry fields
    await slack.sockets.disconnect("warning")                          # drop(); refusing = True; open[0].mute = True
    slack.trouble.limit("chat.postMessage", times=1, retry_after=1)        # slow, fail, drop; "response_url", "*" too
    slack.revoke()                                                         # restore(); app.scopes.discard(...)
    assert slack.called("chat.postEphemeral") == []                        # Call: method, args, token, error, status

People and channels of `World.usual()` go by name or id: ann, ben, cat (members), gus, una (guests), bot, dee
(deactivated), sam (of another organisation). #general, the private #mods and #partners (ann, sam) have the app in them;
#random and the private #secret (ann, ben) do not. The group stage-hands is ann and ben.

Whatever Slack would refuse or silently drop is answered with Slack's word and kept in `slack.failures`, which fails the
test at its end: invalid blocks or views, texts that are too long, a payload on an acknowledgement that takes none, a
frame of more than 20 kB, unknown methods or arguments, secrets in what is sent. `slack.failures.take("invalid_blocks")`
forgives one. `slack.checks.schemas = False` spends no time on schemas (1 to 30 ms a body): for measurements.
`slack.sending.ack_seconds` is how long it waits (15 s; Slack itself 3), and triggers live as long.
`stand_in(accepting=...)` says whose acknowledgements are read, `stand_in(clock=ManualClock())` lets a test age triggers
and response addresses (half an hour, five posts).
`World.usual(enterprise="E0CORP", org_install=True)` is Enterprise Grid; `World()` is empty, with add_user, add_channel,
add_group; `App(manifest)` is an app with other commands, scopes and events than Usher's own.
"""

from tests.slack_stand_in.deliveries import Delivery
from tests.slack_stand_in.messages import Shown
from tests.slack_stand_in.stand_in import SlackStandIn, stand_in
from tests.slack_stand_in.views import View
from tests.slack_stand_in.world import App, Kind, World

__all__ = ["App", "Delivery", "Kind", "Shown", "SlackStandIn", "View", "World", "stand_in"]
