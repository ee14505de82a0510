"""Brings the schema up to date at start; one process at a time, all or nothing."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from adapters.database.engine import BEGIN


def migrate(engine: Engine, begin: str) -> None:
    """Apply what is missing, in one transaction that begins so; the database is known not to be newer than this."""
    config = _config()
    with engine.connect() as plain:
        connection = plain.execution_options(**{BEGIN: begin})
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def revisions() -> tuple[str, ...]:
    """Every step that this Usher knows, newest first."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "adapters.database:migrations")
    config.set_main_option("path_separator", "os")
    return config
