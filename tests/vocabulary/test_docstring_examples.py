"""Examples in docstrings are true."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "yijian.vocabulary.errors",
        "yijian.vocabulary.days",
        "yijian.vocabulary.workdays",
        "yijian.vocabulary.divisions",
        "yijian.cli",
    ],
)
def test_the_examples_of_a_module_are_true(module):
    result = doctest.testmod(import_module(module))
    assert result.attempted > 0
    assert result.failed == 0
