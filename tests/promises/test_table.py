"""The table in docs/promises.md is the registry's, and every promise has its test."""

import re

from tests.promises.registry import GROUPS, PROMISES
from tests.promises.table import PAGE, ROOT, row_of, rows_of, state, table


def test_the_page_lists_every_promise_as_it_stands_in_the_registry():
    rows = rows_of(PAGE.read_text())
    assert [(number, cells[0]) for number, cells in rows.items()] == [(p.number, p.says) for p in PROMISES.values()]
    for number, (_, result, day, _) in rows.items():
        assert result.startswith("kept") and PROMISES[number].weaker in result and day, number


def test_they_are_numbered_and_in_seven_groups():
    assert list(PROMISES) == list(range(1, len(PROMISES) + 1))
    assert {p.group for p in PROMISES.values()} == set(GROUPS)


def test_every_promise_has_its_test_in_the_file_of_its_group():
    for promise in PROMISES.values():
        files = (ROOT / "tests" / "promises").glob(f"test_{promise.group.lower()}_*.py")
        found = [re.findall(rf"^def (test_{promise.number:02}_\w+)", file.read_text(), re.M) for file in files]
        assert any(found), f"promise {promise.number} has no test"


def test_a_broken_promise_is_seen_in_the_table():
    row = {"tests": 2, "failed": 1, "skipped": 0, "figures": ["1 lost"], "full": True, "day": "2026-03-22"}
    assert state(PROMISES[7], row) == "**not kept**"
    assert state(PROMISES[7], row | {"failed": 0}) == "kept"
    rows = dict.fromkeys(PROMISES, ("kept", "2026-03-01", "")) | {7: row_of(PROMISES[7], row)}
    made = table(rows)
    assert f"| {PROMISES[7].says} | **not kept** | 2026-03-22 | 1 lost |" in made
    assert rows_of(f"<!-- promises: written by make promises -->{made}")[6] == (PROMISES[6].says, *rows[6])
