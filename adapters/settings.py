"""The values of the settings: read from the environment, a TOML file and files of secrets, with all that is wrong."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters import values as v
from adapters.declared import CONFIG, SETTINGS, Setting
from bot.errors import BotError
from bot.policy import Policy

PREFIXES = ("USHER_", "SLACK_", "DISCORD_", "LIVEKIT_")
KNOWN = {CONFIG, *(s.name for s in SETTINGS), *(f"{s.name}_FILE" for s in SETTINGS if s.secret)}


class SettingsError(BotError):
    """Settings that are wrong or missing, all of them at once."""

    code = "settings"


@dataclass(frozen=True, slots=True)
class Settings:
    """Parsed values by name; what is missing or wrong is kept as sentences until somebody needs it.

    `unknown` are the names in the environment that begin like settings and are none.

    The values, a secret among them, stay out of `repr`, so out of logs and tracebacks.
    """

    values: Mapping[str, Any] = field(repr=False)
    problems: Mapping[str, str]
    sources: Mapping[str, str]
    unknown: Sequence[str] = ()

    def require(self, *names: str) -> None:
        """`SettingsError` that names everything wrong with these settings (with all of them when none is named)."""
        wanted = names or tuple(setting.name for setting in SETTINGS)
        wrong = [sentence for name, sentence in self.problems.items() if name in wanted or name == CONFIG]
        if wrong:
            raise SettingsError("\n".join(wrong))

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def policy(self) -> Policy:
        return Policy(
            admins=self["USHER_ADMINS"],
            roles=self["USHER_ROLES"],
            protected=self["USHER_PROTECTED"],
            protected_attribute=self["USHER_PROTECTED_ATTRIBUTE"],
            identities=self["USHER_IDENTITIES"],
            title_key=self["USHER_TITLE_KEY"],
            hand_attributes=self["USHER_HAND_ATTRIBUTES"],
            reasons=self["USHER_REASONS"],
            zone=self["USHER_TIME_ZONE"],
            person_key=self["USHER_PERSON_KEY"],
            page_size=self["USHER_PAGE_SIZE"],
            find_calls=self["USHER_FIND_CALLS"],
        )


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment, and from the TOML file that `USHER_CONFIG` names; the environment wins."""
    environment = os.environ if environment is None else environment
    problems: dict[str, str] = {}
    file = _config(environment, problems)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for setting in SETTINGS:
        try:
            given, source = _given(setting, environment, file)
            values[setting.name] = setting.parse(given)
            sources[setting.name] = source
        except ValueError as error:
            problems[setting.name] = f"{setting.name} {error}. It should look like: {setting.example}"
    _rooted(values, problems)
    _paired(values, problems)
    unknown = sorted(name for name in environment if name.startswith(PREFIXES) and name not in KNOWN)
    return Settings(values, problems, sources, unknown)


def _rooted(values: dict[str, Any], problems: dict[str, str]) -> None:
    """The names of Slack's slash commands depend on their root, so that two good settings may not go together."""
    root, names = values.get("USHER_SLACK_ROOT"), values.get("USHER_SLACK_COMMANDS")
    if root and names:
        try:
            values["USHER_SLACK_COMMANDS"] = names.with_root(root)
        except ValueError as error:
            problems["USHER_SLACK_ROOT"] = f"USHER_SLACK_ROOT, with USHER_SLACK_COMMANDS, {error}."


def _paired(values: Mapping[str, Any], problems: dict[str, str]) -> None:
    """A key is nothing without its secret, nor the other way round."""
    names = ("USHER_WEBHOOK_API_KEY", "USHER_WEBHOOK_API_SECRET")
    for name, other in (names, names[::-1]):
        if values.get(other) and values.get(name) == "":
            problems[name] = f"{name} is not set, although {other} is: set both, or neither."


def _given(setting: Setting, environment: Mapping[str, str], file: Mapping[str, str]) -> tuple[str, str]:
    """The text of a setting and where it came from; ValueError when there is none."""
    for place, found in (("environment", environment), ("configuration file", file)):
        if found.get(setting.name, "").strip():
            return found[setting.name], place
        path = found.get(f"{setting.name}_FILE") if setting.secret else None
        if path:
            return _secret(path), f"file {path}"
    if setting.default is None:
        hint = f" (or {setting.name}_FILE)" if setting.secret else ""
        raise ValueError(f"is not set{hint}")
    return setting.default, "default"


def _secret(path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read from {path} ({type(error).__name__})") from None
    if not text:
        raise ValueError(f"is empty in {path}")
    return text


def _config(environment: Mapping[str, str], problems: dict[str, str]) -> dict[str, str]:
    path = environment.get(CONFIG)
    if not path:
        return {}
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        problems[CONFIG] = f"{CONFIG} names {path}, which cannot be read ({error.strerror})."
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems[CONFIG] = f"{CONFIG} names {path}, which is no TOML: {error}."
        return {}
    strange = sorted(set(data) - (KNOWN - {CONFIG}))
    if strange:
        problems[CONFIG] = f"{path} has settings that do not exist: {', '.join(strange)}."
    return {key: v.from_toml(value) for key, value in data.items()}
