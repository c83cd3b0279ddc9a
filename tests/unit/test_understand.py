"""What a message means, wherever it is said: the same table for every platform."""

import pytest

from bot.commands import digest_command, help_text
from bot.intent import said, understand
from bot.slack.views import MAX_SECTION, escaped
from workers.intake.requests import Where
from workers.paper_ids.numbers_in_list import LAST, numbers_in_list
from workers.paper_ids.paper_key import PaperRef
from workers.store.people.threads import ThreadPlace
from workers.words import words

EN = words("en")
LINK, OTHER = "https://arxiv.org/abs/2601.12345", "2402.00001v2"
PAPER = ThreadPlace("1.1", "2601.00001", 1, "cv-daily-en")
RECENT = PaperRef("2601.00001", 2)


def meant(text, *, place=None, recent=None, digest="", answers="mention", private=False, called=True, **more):
    where = Where(place, answers, EN, recent, digest)
    thread = more.pop("thread", place.root if place else "")
    found = understand(text, where, private=private, called=called, thread=thread, message="9.9", **more)
    about = found.place and (found.place.paper or found.place.digest)
    return found.kind, about, found.place and found.place.root


@pytest.mark.parametrize("text", ["hello", "Hi!", "hey there", "你好", "Good morning!", "在吗"])
def test_a_greeting_is_greeted(text):
    for private in (True, False):
        assert meant(text, private=private, recent=RECENT)[0] == "hello"
    assert len(said("hello", EN).splitlines()) == 2


@pytest.mark.parametrize("text", ["help", "?", "what can you do?", "帮助", "how does this work?"])
def test_a_call_for_help_is_helped(text):
    assert meant(text, private=True, recent=RECENT)[0] == "help"
    assert "/deepdive" in said("help", EN)


MORE = {
    "nothing": [
        "thnaks", "tks!", "merci", "danke schön", "ありがとうございます", "😂", "🔥🔥", "...", "!!!",
        "ok thanks, got it", "ok 谢谢", "嗯", "哈哈", "nice paper!", "bye", "再见", "yes", "不是", "cancel", "🤔",
    ],
    "hello": ["hola", "こんにちは", "안녕하세요", "Guten Morgen", "ping", "are you there?", "你在吗？", "/start"],
    "help": ["hepl", "hlep me", "使い方は？", "ayuda", "？？", "/help", "你能干什么？", "帮助一下"],
    "command": [
        "stop", "unsubscribe me", "please unsubscribe", "stop sending me papers", "退订", "取消订阅", "解除",
        "subscribe", "设置", "digest now", "/digest settings", "forget me", "settings please",
    ],
    "dive": ["arxiv 2601.12345 please", f"check this out {LINK} cool right", "2601.12345v2!!", f"帮我看看 {LINK}"],
}  # fmt: skip
"""Kind of reaction -> what gets it wherever it is said to us."""


@pytest.mark.parametrize("kind", MORE)
def test_small_talk_commands_and_papers_to_read_are_told_from_questions(kind):
    for text in MORE[kind]:
        for where in ({"private": True}, {"private": True, "recent": RECENT}, {"digest": "d"}, {"place": PAPER}):
            assert meant(text, **where)[0] == kind, (text, where)


AGAIN = {
    ("dm", "nothing"): [
        "Thanks, that was really useful!",
        "great summary, thx 🙏",
        "总结得很好，谢谢",
        "辛苦了，很有用",
        "とても助かりました",
        "love it ❤️",
    ],
    ("dm", "hello"): ["hey bot", "hello paperboy!", "Hi bot :)"],
    ("dm", "command"): [
        "pause",
        "change language",
        "when is the next digest?",
        "no more papers please",
        "别推了",
        "换成英文",
        "下次什么时候发？",
        "一時停止",
        "次の配信はいつ？",
        "leave me alone",
        "change my topic",
    ],
    ("dm", "no_paper"): [
        "summarize in Chinese",
        "tl;dr",
        "用中文总结一下",
        "more",
        "上一篇",
        "first one",
        "what does eq. 3 mean?",
    ],
    ("dm", "no_link"): [
        "have a look at https://example.com/blog/post",
        "please summarize https://github.com/a/b",
        "https://a.example/x https://b.example/y",
    ],
    ("dm", "dive"): [
        "FYI https://arxiv.org/abs/2402.00001 and https://arxiv.org/abs/2402.00003",
        "> quoted\nhttps://arxiv.org/abs/2402.00001",
        "> 2402.00001\n帮我读一下",
        "(arXiv:2402.00001v2)",
        "`2402.00001`",
    ],
    ("after", "ask"): [
        "summarize in Chinese",
        "tl;dr",
        "用中文总结",
        "more",
        "why this paper?",
        "```\nx = f(y)\n```\nis this their loss?",
        "is the first author from MIT?",
        "how long did it last?",
        "waht loss do thye use",
        "Thanks! But how does it scale?",
        "谢谢，不过消融实验怎么做的",
        "translate the abstract to 日本語",
    ],
    ("digest", "day"): [
        "#2",
        "first one",
        "the second paper please",
        "二",
        "第三篇",
        "tell me about 2",
        "最后一篇",
        "2番目",
        "the last one",
    ],
    ("head", "day"): ["why this paper?", "tl;dr", "more", "上一篇", "summarize in Chinese", "2 vs 3?"],
    ("mention", "day"): ["tl;dr", "#2", "anything on 抗体?"],
}
"""Where and reaction -> what is said. after: behind a deep dive; digest: the same, where digests come."""

PLACES = {
    "dm": {"private": True},
    "after": {"private": True, "recent": RECENT},
    "digest": {"private": True, "recent": RECENT, "digest": "d"},
    "head": {"place": ThreadPlace("1.1", "", digest="d")},
    "mention": {"digest": "d"},
}


@pytest.mark.parametrize(("where", "kind"), AGAIN)
def test_what_else_people_type(where, kind):
    for text in AGAIN[where, kind]:
        got, about, _ = meant(text, **PLACES[where])
        fits = got == "ask" and (about == "d" or where == "head") if kind == "day" else got == kind
        assert fits, (text, got, about)


@pytest.mark.parametrize(("said", "numbers"), [
    ("compare 1 and 3", {1, 3}), ("第2篇讲什么", {2}), ("比较1和3", {1, 3}), ("第二篇", {2}), ("2番目は？", {2}),
    ("the last one", {LAST}), ("最后一篇", {LAST}), ("the third paper", {3}), ("二", {2}), ("2个月", set()),
    ("table 2", set()),
    ("2601.12345", set()), ("how long did it last?", set()), ("is the first author from MIT?", set()),
])  # fmt: skip
def test_papers_of_a_list_are_named_by_number(said, numbers):
    assert numbers_in_list(said) == numbers


def test_questions_stay_questions():
    for text in (
        "2?",
        "why?",
        "summarize 2",
        "これはどういう意味ですか？",
        "is help needed to stop overfitting?",
        "new papers?",
    ):
        assert meant(text, digest="d")[:2] == ("ask", "d")
    assert meant("новые статьи?", private=True, recent=RECENT)[0] == "ask"
    assert meant("any new papers?", private=True, recent=RECENT)[0] == "no_digest"
    assert meant("cite", place=PAPER)[0] == "cite"


@pytest.mark.parametrize(("typed", "verb"), [
    ("帮助", "help"), ("退订", "unsubscribe"), ("设置", "settings"), ("ヘルプ", "help"), ("stop", "unsubscribe"),
    ("查找 抗体", "find"), ("", "help"), ("Status?", "status"),
])  # fmt: skip
def test_command_words_are_known_in_each_language(typed, verb):
    assert digest_command(typed).verb == verb and digest_command(typed).known
    assert not digest_command("删除我的数据").known, "what cannot be undone is asked for by its name"


@pytest.mark.parametrize("text", ["thanks!", "ok", "谢谢", "great", "Thank you very much!", "👍"])
def test_thanks_buy_no_answer(text):
    for place in (None, PAPER):
        assert meant(text, private=True, recent=RECENT, place=place)[0] == "nothing"


@pytest.mark.parametrize("text", [LINK, f"what do you think of {LINK}?", "2601.12345", f"please read {OTHER}"])
def test_a_link_is_a_deep_dive(text):
    assert meant(text, private=True)[0] == "dive"
    assert meant(text, private=True, recent=RECENT)[0] == "dive"
    assert meant(text)[0] == "dive", "a mention with it"
    assert meant(text, called=False)[0] == "nothing", "nobody asked us"


def test_a_plain_sentence_to_us_alone_is_about_the_paper_last_spoken_of():
    assert meant("which loss do they use?", private=True, recent=RECENT) == ("ask", "2601.00001", "9.9")
    assert meant("which loss?", private=True, recent=RECENT, thread="5.5") == ("ask", "2601.00001", "5.5")
    assert meant("which loss do they use?", private=True)[0] == "no_paper"
    assert said("no_paper", EN) == EN.which_paper
    assert meant("", private=True)[0] == "hello", "a file without a word"


@pytest.mark.parametrize("text", ["https://example.com/x.pdf", "https://arxiv.org/list/cs.CV/recent ?"])
def test_a_link_that_names_no_paper_is_no_question(text):
    for more in ({}, {"recent": RECENT, "private": True}, {"place": PAPER}, {"digest": "d"}):
        assert meant(text, **more)[0] == "no_link"
    assert said("no_link", EN) == EN.no_paper
    assert meant(f"is the code at {text}", private=True, recent=RECENT)[0] == "ask"


@pytest.mark.parametrize("w", [words("en"), words("zh")])
def test_what_the_pane_offers_is_understood_with_a_digest_there_and_without(w):
    for recent in (None, RECENT):
        about = {"private": True, "recent": recent}
        for name in ("today", "left_out"):
            assert meant(w[f"pane_{name}_says"], **about)[0] == "no_digest", "it would make no sense of a paper"
            assert meant(w[f"pane_{name}_says"], digest="d", **about)[:2] == ("ask", "d")
        assert meant(w.pane_read_says, **about)[0] == "help"
    assert meant("which candidates does the search keep today?", private=True, recent=RECENT)[:2] == (
        "ask",
        RECENT.base,
    )


@pytest.mark.parametrize("w", [words("en"), words("zh")])
def test_the_help_fits_into_one_section_of_slack(w):
    assert len(escaped(help_text(w))) <= MAX_SECTION - 200, "else the Home tab would cut it off"


def test_in_a_papers_thread_words_are_a_question_and_a_bare_link_is_a_deep_dive():
    assert meant("why?", place=PAPER) == ("ask", None, None), "the thread tells about what"
    assert meant(LINK, place=PAPER)[0] == "dive"
    assert meant(f"how does it compare with {LINK}?", place=PAPER)[0] == "ask"
    assert meant("why?", place=PAPER, called=False)[0] == "nothing"
    assert meant("why?", place=PAPER, called=False, answers="all")[0] == "ask"
    assert meant("", place=PAPER)[0] == "help"
    assert [meant(t, place=PAPER)[0] for t in ("cite", "bibtex", "引用", "cite ris")] == ["cite"] * 4


def test_two_papers_to_compare_are_a_question_where_both_are_known():
    assert meant(f"compare with {OTHER}", private=True, recent=RECENT)[:2] == ("ask", "2601.00001")
    assert meant(f"compare {LINK} and {OTHER}", private=True)[:2] == ("ask", "2601.12345")
    assert meant(f"compare {LINK} and {OTHER}")[:2] == ("ask", "2601.12345")
    assert meant(f"compare with {OTHER}", private=True)[0] == "dive", "with what?"
    assert meant(f"和 {OTHER} 有什么区别", private=True, recent=RECENT)[:2] == ("ask", "2601.00001")


def test_a_thread_of_other_people_stays_theirs():
    assert meant("what do you think?", thread="5.5")[0] == "lost"
    assert meant("what do you think?", thread="5.5", called=False)[0] == "nothing"
    assert said("lost", EN) == EN.unknown_thread
    assert meant("what is this?", linked=f"look: {LINK}")[0] == "dive", "the paper of the message replied to"
