"""What a person wrote on Slack, without its markup."""

import pytest

from bot.commands import is_only_link, unmarked
from tests.doubles.slack_state import BOT_USER

LINK = "https://arxiv.org/abs/2601.00007v2"


@pytest.mark.parametrize(
    ("text", "plain", "bare"),
    [
        (f"<@{BOT_USER}> why?", "why?", False),
        (f"<@{BOT_USER}> <{LINK}|arxiv.org/abs/2601.00007v2>", LINK, True),
        ("arXiv:2601.00007v2", "arXiv:2601.00007v2", True),
        ("see <https://a.org|this &amp; that>", "see this & that (https://a.org)", False),
        ("&lt;b&gt; <!channel> <#C1|general>", "<b>", False),
        ("", "", True),
    ],
)
def test_what_a_person_wrote(text, plain, bare):
    assert unmarked(text) == plain
    assert is_only_link(plain) is bare
