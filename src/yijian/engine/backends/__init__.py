"""The only files that know a database. A backend loads views and answers SQL with Arrow tables."""


class QueryFailed(Exception):
    """A query that the database could not answer, with its words."""
