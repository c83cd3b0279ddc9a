"""docs/settings.md and docs/json.md are what the code says."""

import re

import pytest

from tests.reference import ROOT, pages
from workers.settings import Settings


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in pages()])
def test_the_page_is_as_the_code_makes_it(path):
    assert path.read_text(encoding="utf-8") == pages()[path], "run `python -m tests.reference`"


def test_every_setting_stands_in_its_page():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)) == {n.upper() for n in Settings.model_fields}


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
