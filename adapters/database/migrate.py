"""Brings the schema up to date at start; one process at a time, all or nothing."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from adapters.database.engine import BEGIN_WRITE


def migrate(engine: Engine) -> None:
    """Apply what is missing; the caller holds the lock and knows that the database is not newer than this."""
    config = _config()
    with engine.connect() as plain:
        connection = plain.execution_options(usher_begin=BEGIN_WRITE[engine.dialect.name])
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
