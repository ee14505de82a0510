"""A database on a PostgreSQL server, for processes on any number of machines."""
