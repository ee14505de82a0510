"""Slack's limits, each with where it is written down; whatever Usher sends is held to them.

[schema] is Slack's published manifest schema, [blocks] the Block Kit reference of docs.slack.dev, [sdk] the checks of
slack_sdk.models, [method] the page of the Web API method named.
"""

from __future__ import annotations

# Messages
MESSAGE_BLOCKS = 50  # [blocks] "a message takes up to 50 blocks"
MESSAGE_TEXT = 4000  # [method chat.postMessage]; beyond it msg_too_long is observed (seratch/ChatGPT-in-Slack #102)
MESSAGE_SIZE = (
    12_000  # undocumented: msg_blocks_too_long from about 13,200 characters on (slackapi/bolt-js #2509, #2867)
)
RESPONSE_URL_USES = 5  # [interactivity/handling-user-interaction] five answers ...
RESPONSE_URL_SECONDS = 30 * 60  # ... within 30 minutes
ACKNOWLEDGE_SECONDS = 3.0  # [interactivity] later is too late, and is not retried
ACKNOWLEDGEMENT_SIZE = (
    19_000  # undocumented: a frame of more than 20,480 bytes ends the connection (revelrylabs/slax #614)
)
TRIGGER_SECONDS = 3.0  # [surfaces/modals] the life of a trigger_id

# Blocks
SECTION_TEXT = 3000  # [blocks/section-block]
CONTEXT_ELEMENTS = 10  # [blocks/context-block]
ACTIONS_ELEMENTS = 25  # [blocks/actions-block]
HEADER_TEXT = 150  # [blocks/header-block]
INPUT_LABEL = 2000  # [blocks/input-block]
INPUT_HINT = 2000  # [blocks/input-block]
BLOCK_ID = 255  # [blocks]

# Elements
ACTION_ID = 255  # [block-elements]
BUTTON_TEXT = 75  # [block-elements/button-element]
BUTTON_VALUE = 2000  # [block-elements/button-element]
OPTION_TEXT = 75  # [composition-objects/option-object]
OPTION_VALUE = 150  # [composition-objects/option-object]
OPTIONS = 100  # [block-elements/select-menu-element]; also the most that an external select may be answered
OPTION_GROUPS = 100  # [composition-objects/option-group-object]
GROUP_LABEL = 75  # [composition-objects/option-group-object]
OVERFLOW_OPTIONS = 5  # [block-elements/overflow-menu-element]
RADIO_OPTIONS = 10  # [block-elements/radio-button-group-element]
PLACEHOLDER = 150  # [block-elements]
INPUT_TEXT = 3000  # [block-elements/plain-text-input-element] the highest max_length

# Views
VIEW_BLOCKS = 100  # [surfaces/modals], [surfaces/app-home]
VIEW_SIZE = 80_000  # [method views.open] view_too_large beyond 250 kB; a character takes at most three bytes
VIEW_TITLE = 24  # [surfaces/modals] title, submit and close alike
PRIVATE_METADATA = 3000  # [surfaces/modals]
CALLBACK_ID = 255  # [surfaces/modals]

# The manifest
COMMANDS = 50  # [schema] features.slash_commands
COMMAND_NAME = 32  # [schema] with its slash
COMMAND_DESCRIPTION = 2000  # [schema]
COMMAND_HINT = 1000  # [schema]
SHORTCUTS = 10  # [schema]
SHORTCUT_NAME = 24  # [schema]
SHORTCUT_DESCRIPTION = 150  # [schema]
APP_NAME = 35  # [schema]
APP_DESCRIPTION = 140  # [schema]
LONG_DESCRIPTION = (175, 4000)  # [schema] at least, at most
