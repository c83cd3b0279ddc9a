"""What a question about the day, or a title, means, wherever it is said."""

import pytest

from bot.intent import understand
from tests.unit.test_understand import EN, PAPER, RECENT, meant
from workers.intake.requests import Where
from workers.store.people.threads import ThreadPlace

SLOT = "digest|slack:C1|2026-01-27"


@pytest.mark.parametrize("text", ["which is about antibodies?", "what did you leave out and why?", "今天有哪些？"])
def test_a_question_without_a_link_is_about_the_day(text):
    assert meant(text, digest=SLOT) == ("ask", SLOT, "9.9")
    assert meant(text, digest=SLOT, called=False)[0] == "nothing"
    assert meant(text)[0] == "no_digest"
    head = ThreadPlace("1.1", "", digest=SLOT)
    assert meant(text, place=head) == ("ask", None, None), "under the digest's head the thread tells"
    assert meant(text, place=head, called=False, answers="all")[0] == "ask"


def test_in_private_the_paper_comes_before_the_day_unless_the_words_are_of_the_day():
    assert meant("which loss?", private=True, recent=RECENT, digest=SLOT)[1] == "2601.00001"
    assert meant("what did you leave out today?", private=True, recent=RECENT, digest=SLOT)[1] == SLOT
    assert meant("which loss?", private=True, digest=SLOT)[1] == SLOT


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("“Attention Is All You Need”", "Attention Is All You Need"),
        ("《图像复原的概率流方法》", "图像复原的概率流方法"),
        ("what does \"Attention Is All You Need\" say about heads?", "Attention Is All You Need"),
        ("deep dive: Attention Is All You Need", "Attention Is All You Need"),
        ("please deep dive into “Attention Is All You Need”", "Attention Is All You Need"),
        ("精读：图像复原的概率流方法 第二版 补充", "图像复原的概率流方法 第二版 补充"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC9876543/", "https://pmc.ncbi.nlm.nih.gov/articles/PMC9876543/"),
    ],
)  # fmt: skip
def test_a_title_is_looked_up_as_a_link_is(text, title):
    for private in (True, False):
        where = Where(None, "mention", EN, None, "")
        found = understand(text, where, private=private, called=True, thread="", message="9.9")
        assert (found.kind, found.title) == ("dive", title)
    assert meant(text, called=False)[0] == "nothing"


def test_quoted_words_are_a_question_where_they_may_be_one():
    assert meant("why was “Attention Is All You Need” left out?", digest="d")[:2] == ("ask", "d")
    assert meant("what is “attention is all you need” to them?", private=True, recent=RECENT)[:2] == (
        "ask",
        RECENT.base,
    )
    assert meant("what is “attention is all you need” to them?", place=PAPER)[0] == "ask"
    assert meant("what is a “skip connection”?", private=True)[0] == "no_paper"
