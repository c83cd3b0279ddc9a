"""Why a paper was not fetched, in the words of the channel."""

from workers.conversations.messages import unfetched
from workers.errors import BadInput, SourceFailed
from workers.words import words as words_of


def test_why_a_paper_was_not_fetched_is_said_in_the_channels_language():
    away = SourceFailed("arXiv gave no answer within 30 s.")
    away.kind = "timeout"
    assert unfetched(words_of("zh"), "2601.00001", away) == "无法从 arXiv 获取 2601.00001（超时未应答），请稍后再试。"
    assert (
        unfetched(words_of("zh"), "2601.00001", BadInput("x")) == "arXiv 上没有编号为 2601.00001 的论文，请核对编号。"
    )
    assert unfetched(words_of("en"), "2601.00001", away).startswith(
        "I could not fetch 2601.00001 from arXiv (no answer in"
    )
