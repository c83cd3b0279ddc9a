"""SECURITY.md says what is so.

Where its words can be compared with the code, they are.
"""

import re

import pytest
from pydantic import SecretStr

from bot.web import server
from tests import ROOT
from workers import jobs
from workers.operations import backup
from workers.queueing.kinds import FUNCTIONS, KINDS
from workers.reading import read
from workers.reading.pdf import read as pdf_read
from workers.settings import Settings
from workers.store.channels import memory
from workers.store.delivery import outbox
from workers.store.papers import records as papers
from workers.store.papers import texts as paper_texts
from workers.store.people import threads
from workers.store.people import votes as people
from workers.store.tasks import ledger

WORDS = (ROOT / "SECURITY.md").read_text()
FLAT = " ".join(WORDS.split())
DAY, MB, GB = 86_400, 2**20, 2**30


def section(title):
    return WORDS.partition(f"## {title}\n")[2].partition("\n## ")[0]


def days(seconds):
    count, rest = divmod(seconds, DAY)
    assert not rest
    return f"{count:.0f} days"


def test_every_service_that_the_settings_name_is_in_the_list_of_what_leaves_the_machine():
    told = re.findall(r"^\| (.+?) \|", section("What leaves the machine"), re.M)[1:]
    outside = {n: f.default for n, f in Settings.model_fields.items() if str(f.default).startswith("http")}
    assert len(outside) >= 7
    for name in outside:
        service = name.partition("_")[0]
        assert any(name.upper() in row or service == row.lower() for row in told), f"{name} is not told of"
    assert len(told) == len({name.partition("_")[0] for name in outside} | {"feeds", "sites of papers"}), (
        "and no service that there is none of"
    )


def test_every_setting_and_file_that_it_names_exists():
    known = {name.upper() for name in Settings.model_fields} | {"NAME_FILE"}
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=[^`]*)?`", WORDS))
    assert len(named) > 8
    assert named <= known
    for path in re.findall(r"`((?:workers|prompts)/[\w./]*|[\w-]+\.yaml)`", WORDS):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(
    "words",
    [
        f"{read.HTML_BYTES // MB} MB of HTML and {read.PDF_BYTES // MB} MB of PDF",
        f"memory ({pdf_read.MEMORY_BYTES // GB} GB), processor time and {pdf_read.TIMEOUT_S:.0f} s",
        f"{server.MOST_BYTES // MB} MB and seconds at most",
        f"ended after {KINDS['delivery'].timeout} s",
        f"the text of papers ({days(paper_texts.TEXT_TTL_S)})",
        f"threads' questions and answers ({days(threads.KEEP_S)})",
        f"posted messages ({days(outbox.KEEP_S)})",
        f"digests, scores and analyses ({days(memory.DIGEST_S)})",
        f"while it is worked on and for {days(ledger.KEEP_S)} after",
        f"A backup (mode {backup.MODE:04o})",
    ],
)
def test_its_numbers_are_those_of_the_code(words):
    assert words in FLAT


def test_what_is_kept_equally_long_is():
    assert memory.DIGEST_S == papers.SCORE_TTL_S == papers.ANALYSIS_TTL_S
    assert ledger.KEEP_S == people.EVENTS_S


def test_only_the_listed_functions_are_run_and_they_stand_where_it_says():
    assert "workers/queueing/kinds.py" in WORDS
    for name in FUNCTIONS:
        module, _, function = name.rpartition(".")
        assert module == jobs.__name__
        assert callable(getattr(jobs, function))


def test_every_secret_is_masked_and_in_no_repr():
    secret = {n: f"hunter-{n}" for n, f in Settings.model_fields.items() if f.annotation is SecretStr}
    found = Settings(**secret)
    assert set(secret.values()) <= set(found.secrets())
    assert not [value for value in secret.values() if value in repr(found)]
