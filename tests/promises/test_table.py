"""The table in docs/promises.md is the registry's, and every promise has its test."""

import re

from tests.promises.registry import GROUPS, PROMISES
from tests.promises.table import PAGE, ROOT, rows_of, state, table


def test_readme_lists_every_promise_as_it_stands_in_the_registry():
    rows = rows_of(PAGE.read_text())
    assert [(int(number), says) for number, says, _ in rows] == [(p.number, p.says) for p in PROMISES.values()]
    assert "**not kept**" not in {result for _, _, result in rows}
    for number, _, result in rows:
        assert PROMISES[int(number)].weaker in result or result.startswith("not tested")


def test_they_are_numbered_and_in_seven_groups():
    assert list(PROMISES) == list(range(1, len(PROMISES) + 1))
    assert {p.group for p in PROMISES.values()} == set(GROUPS)


def test_every_promise_has_its_test_in_the_file_of_its_group():
    for promise in PROMISES.values():
        files = (ROOT / "tests" / "promises").glob(f"test_{promise.group.lower()}_*.py")
        found = [re.findall(rf"^def (test_{promise.number:02}_\w+)", file.read_text(), re.M) for file in files]
        assert any(found), f"promise {promise.number} has no test"


def test_a_broken_promise_is_seen_in_the_table():
    row = {"tests": 2, "failed": 1, "skipped": 0, "figures": ["1 lost"]}
    assert state(PROMISES[7], row) == "**not kept**"
    assert state(PROMISES[7], None) == "not tested"
    assert state(PROMISES[7], row | {"failed": 0}) == "kept"
    assert f"| {PROMISES[7].says} | **not kept** | 1 lost |" in table({"7": row})
