"""The data of tasks.

Each kind has a shape, and what versions before have stored still has it.
"""

from typing import get_args

import pytest

from workers.digest.parameters import DigestParameters
from workers.models import tasks
from workers.queueing.kinds import KINDS
from workers.store.tasks.ledger import Kind

BARE = {"announcements", "remember"}
"""Kinds whose tasks have no data."""

STORED = [
    (tasks.DigestData, {"channel": "slack:C1", "profile": "cv-daily-zh", "day": "2026-01-24"}),
    (
        tasks.DeepdiveData,
        {"id": "2601.1", "version": None, "channel": "slack:C1", "reply_to": "", "person": "slack:U1"},
    ),
    (tasks.DeepdiveData, {"id": "", "version": None, "title": "A title", "profile": "cv-daily-en"}),
    (tasks.AskData, {"text": "Why?", "id": "2601.1", "version": 2, "place": {"root": "", "paper": "2601.1"}}),
    (tasks.AskData, {"channel": "slack:C1", "message": "1.2", "text": "Why?", "person": "slack:U1", "team": "T1"}),
]


@pytest.mark.parametrize(("shape", "data"), STORED)
def test_what_is_stored_already_has_its_shape(shape, data):
    assert shape.__required_keys__ <= data.keys() <= shape.__required_keys__ | shape.__optional_keys__


def test_every_kind_of_task_is_described():
    described = " ".join(shape.__doc__ or "" for shape in vars(tasks).values() if isinstance(shape, type))
    assert set(get_args(Kind)) == set(KINDS)
    assert {kind for kind in KINDS if f"`{kind}`" not in described} == BARE


def test_an_order_is_read_from_what_is_stored():
    data = {"channel": "slack:C1", "profile": "p", "day": "2026-01-24", "upto": "2026-01-23", "sample": True}
    order = DigestParameters.of(data)
    assert (order.day.isoformat(), order.upto.isoformat(), order.sample, order.dry) == (
        "2026-01-24", "2026-01-23", True, False,
    )  # fmt: skip
