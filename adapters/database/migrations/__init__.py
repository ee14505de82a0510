"""Alembic migrations, applied at start by `adapters.database.migrate`."""
