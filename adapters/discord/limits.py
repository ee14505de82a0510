"""Discord's limits, each with where it is written down; whatever Usher sends is held to them.

[commands] is interactions/application-commands, [interactions] interactions/receiving-and-responding, [message]
resources/message and [components] components/reference of Discord's documentation; [api] is its OpenAPI file.
"""

from __future__ import annotations

# Interactions
ACKNOWLEDGE_SECONDS = 3.0  # [interactions] later the token is invalid, and there is no second try
TOKEN_SECONDS = 15 * 60.0  # [interactions] afterwards neither edits nor followups
AUTOCOMPLETE_CHOICES = 25  # [interactions]

# Messages
CONTENT = 2000  # [message]
EMBEDS = 10  # [message]
EMBED_DESCRIPTION = 4096  # [message] embed limits
EMBED_TITLE = 256  # [message] embed limits
EMBED_FIELDS = 25  # [message] embed limits
EMBEDS_TOTAL = 6000  # [message] the texts of all embeds of one message together

# Components of a message
ROWS = 5  # [components] action rows of a message without Components V2
COMPONENTS = 40  # [components] all of them together; classic messages reach 30
ROW_BUTTONS = 5  # [components] action row
SELECT_OPTIONS = 25  # [components] string select
CUSTOM_ID = 100  # [components] and unique within the message
BUTTON_LABEL = 80  # [components] button
OPTION_LABEL = 100  # [components] string select; the option's description and value alike
PLACEHOLDER = 150  # [components] string select

# Modals
MODAL_TITLE = 45  # [interactions] modal
MODAL_COMPONENTS = 5  # [interactions] modal
FIELD_LABEL = 45  # [components] label
FIELD_DESCRIPTION = 100  # [components] label
FIELD_PLACEHOLDER = 100  # [components] text input
FIELD_TEXT = 4000  # [components] text input

# Commands
COMMANDS = 100  # [commands] chat-input commands, globally; the same again for each guild
COMMAND_NAME = 32  # [commands] also of options
COMMAND_DESCRIPTION = 100  # [commands] also of options
COMMAND_SIZE = 8000  # [commands] names, descriptions and values of a command, all below it included
OPTIONS = 25  # [commands] also subcommands of a group, and groups of a command
CHOICES = 25  # [commands]
CHOICE_NAME = 100  # [commands] also its value, where that is a text
STRING_OPTION = 6000  # [api] the highest max_length
