"""The history and what is kept beside it, in SQLite: `database.Database.open` gives the ports."""
