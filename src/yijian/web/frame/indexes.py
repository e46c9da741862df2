"""Indexes that lists are read from in their order."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class Falling(models.Index):
    """An index whose falling columns have their nulls last, as lists are sorted (`tables.sorting_of`); rising lists read it
    backwards. SQLite lays nulls so of itself, and does not take the words; PostgreSQL would sort the whole table without them.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        """The statement that makes it."""
        if schema_editor.connection.vendor != "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        said = models.Index(fields=self.fields, name=self.name, condition=self.condition)
        said.fields_orders = [(name, f"{order} NULLS LAST" if order else order) for name, order in said.fields_orders]
        return said.create_sql(model, schema_editor, using, **kwargs)
