"""Every way in which Usher says no, ordered by who is at fault.

BotError(user_text, code)            user_text is always safe to show
+- UsageError                        the words were off: a usage line or choices, no row in the history
|  +- UnknownCommand  BadArgument  NoSuchTarget  NoSuchRoom  SessionChanged
+- Refused                           not allowed: a row "refused"
|  +- NotAModerator  RoleTooLow  OutOfScope  Protected
+- RoomError                         LiveKit said no, or said nothing: a row "failed" or "unknown"
|  +- NotFound  Rejected  Unsupported  Unavailable
+- HistoryError                      the history cannot be written: nothing is done
|  +- AlreadyHandled                 this chat event has been acted on before

Anything else that is raised is a bug; it is caught once, at the adapter's boundary.
"""

from __future__ import annotations


class BotError(Exception):
    """Something that the person who asked must be told.

    `user_text` is one or more whole sentences, free of secrets and of raw server bodies.
    `code` is a stable word for machines (`not_found`, `role_too_low`, ...).
    """

    code = "error"

    def __init__(self, user_text: str, code: str | None = None) -> None:
        super().__init__(user_text)
        self.user_text = user_text
        if code is not None:
            self.code = code


class UsageError(BotError):
    """What was typed cannot be carried out as it stands; `near` holds words that might have been meant."""

    code = "usage"

    def __init__(self, user_text: str, code: str | None = None, near: tuple[str, ...] = ()) -> None:
        super().__init__(user_text, code)
        self.near = near


class UnknownCommand(UsageError):
    code = "unknown_command"


class BadArgument(UsageError):
    code = "bad_argument"


class NoSuchTarget(UsageError):
    code = "no_such_target"


class NoSuchRoom(UsageError):
    code = "no_such_room"


class SessionChanged(UsageError):
    """The person left, or came back in another session, between the question and the answer."""

    code = "session_changed"


class Refused(BotError):
    """Not authorised. Written into the history as `refused`."""

    code = "refused"


class NotAModerator(Refused):
    code = "not_a_moderator"


class RoleTooLow(Refused):
    code = "role_too_low"


class OutOfScope(Refused):
    code = "out_of_scope"


class Protected(Refused):
    code = "protected"


class RoomError(BotError):
    """The room service refused or did not answer; `code` is Twirp's word for it where there is one."""

    code = "room_error"


class NotFound(RoomError):
    """The room or the participant does not exist (Twirp `not_found`)."""

    code = "not_found"


class Rejected(RoomError):
    """The room service answered with an error other than those that have a class of their own.

    `certain` is false for an error after which the change may nevertheless have been made (a 500).
    """

    code = "rejected"

    def __init__(self, user_text: str, code: str | None = None, *, certain: bool = True) -> None:
        super().__init__(user_text, code)
        self.certain = certain


class Unsupported(RoomError):
    """This LiveKit server does not offer the call (open-source Move)."""

    code = "unsupported"


class Unavailable(RoomError):
    """No usable answer. `sent` says whether the request may have reached the server."""

    code = "unavailable"

    def __init__(self, user_text: str, code: str | None = None, *, sent: bool) -> None:
        super().__init__(user_text, code)
        self.sent = sent


class HistoryError(BotError):
    """The history cannot be read or written."""

    code = "history"


class AlreadyHandled(HistoryError):
    """The event key has been claimed: another worker, or an earlier delivery, acts on this event."""

    code = "already_handled"
