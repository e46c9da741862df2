"""The reference pages say what the declarations say."""

from pathlib import Path

import pytest

from yijian.cli.docs import PAGES

FOLDER = Path(__file__).parents[1] / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_make_docs_would_write(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name]()
