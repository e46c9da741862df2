"""The only files that know a database. A backend loads views and answers SQL with Arrow tables."""
