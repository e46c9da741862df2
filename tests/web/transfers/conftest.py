"""The office of the cases' tests, for what goes on from a case."""

from tests.web.cases.conftest import begun, filed, office

__all__ = ["begun", "filed", "office"]
