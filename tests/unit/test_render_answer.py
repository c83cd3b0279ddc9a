"""Answers as messages.

Within every limit of both platforms, labelled, and nothing in them that we did not build.
"""

import pytest
from hypothesis import given

from tests.rendering import HOSTILE, markdown, words_of
from tests.unit.test_render_slack import check as check_slack
from tests.unit.test_render_slack import texts, walk
from tests.unit.test_render_telegram import check as check_telegram
from workers.analysis.answer import Answer, passages_of, quoted
from workers.analysis.grounding.citations import Cite
from workers.models import Paper
from workers.render.answer import live_markdown, live_message, slack_parts, telegram_parts
from workers.words import words

CITES = (
    Cite(passage="abstract.2", where="the abstract", quote="q"),
    Cite(passage="S3.p1", where="§ 3 Method", quote="q"),
    Cite(passage="S3.p2", where="§ 3 Method", quote="q"),
)
PAPER = Paper(id="1", title="T", abstract="Training takes 12 hours. The data set is a large one. Nothing else is said.")


def link(passage):
    return f"https://arxiv.org/html/2601.1#{passage}"


def both(said, key="answer", **how):
    """The parts of both platforms, checked; and their words."""
    slack, telegram = slack_parts(said, key, **how), telegram_parts(said, key, **how)
    for part in slack:
        check_slack(part)
    for part in telegram:
        check_telegram(part)
    assert slack and telegram
    shown = " ".join(t for p in slack for t in texts(p.payload["blocks"]))
    return slack, telegram, shown, " ".join(p.payload["text"] for p in telegram)


def urls(parts):
    return [e["url"] for e in walk([p.payload for p in parts]) if isinstance(e, dict) and "url" in e]


def test_an_answer_and_its_places():
    said = Answer(text="**Twelve** hours (the abstract).\n\n- on $x_t$", by="m", cites=CITES)
    slack, telegram, one, two = both(said, link=link, parent="msg:7")
    for shown in (one, two):
        assert "Twelve" in shown and "**" not in shown and "xₜ" in shown
        assert shown.count("§ 3 Method") == 1 and shown.index("From") > shown.index("on")
    assert urls(slack) == urls(telegram) == [link("abstract.2"), link("S3.p1")]
    assert [(p.key, p.parent) for p in (*slack, *telegram)] == [("answer", "msg:7")] * 2
    assert slack[0].payload["text"] == "Twelve hours (the abstract). on xₜ"


NUMBERED = tuple(
    c.model_copy(update={"number": n, "quote": f"Words {c.passage}."}) for c, n in zip(CITES, (1, 2, 2), strict=True)
)


def test_numbered_places_are_listed_once_and_their_words_are_folded():
    said = Answer(text="Twelve hours [1]. On $x_t$ [2].", by="m", cites=NUMBERED, judged=2)
    slack, telegram, one, two = both(said, link=link)
    for shown in (one, two):
        assert shown.count("§ 3 Method") == 1 and all(f"Words {c.passage}" in shown for c in CITES)
        assert "second model" in shown and shown.index("[2]") < shown.index("§ 3 Method")
    assert urls(slack) == urls(telegram) == [link("abstract.2"), link("S3.p1")]
    (fold,) = [e for e in telegram[0].payload["entities"] if e["type"] == "expandable_blockquote"]
    inside = telegram[0].payload["text"].encode("utf-16-le")[2 * fold["offset"] : 2 * (fold["offset"] + fold["length"])]
    assert inside.decode("utf-16-le").startswith("[1] the abstract: “Words abstract.2.”")
    assert [b["type"] for b in slack[0].payload["blocks"]][-1] == "context", "small and grey"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_doubt_is_told(language):
    lists = {
        "missing_numbers": ("1.5",), "misplaced_numbers": ("2.5",), "misread_numbers": ("40.4 (Table 2, A, EN-FR)",),
        "unsure_numbers": ("3.5",), "wrong_sums": ("1 + 1 = 3 (2)",), "unborne": ("Zebras gallop.",),
        "contradicted": ("Day is night.",),
    }  # fmt: skip
    said = Answer(text="Yes.", by="m", cites=NUMBERED, language=language, judged=9, uncited=1, false_quotes=1, **lists)
    _, _, one, two = both(said)
    for shown in (one, two):
        assert all(found[0] in shown for found in lists.values()) and shown.count("⚠️") == 1
    many = said.model_copy(update={"unborne": tuple(f"Sentence {n}." for n in range(7))})
    _, _, one, _ = both(many)
    assert "Sentence 3" not in one and "8" in one, "one that doubts most is told in one clause"


def test_without_links_the_places_are_words():
    slack, telegram, one, _ = both(Answer(text="Yes.", by="m", cites=CITES, language="zh"))
    assert not urls([*slack, *telegram]) and "见 the abstract，§ 3 Method" in "".join(texts(slack[0].payload["blocks"]))
    assert "From" not in one


def test_many_places_are_cut():
    cites = tuple(Cite(passage=f"p{n}", where=f"§ {n}", quote="q") for n in range(30))
    _, _, one, two = both(Answer(text="Yes.", by="m", cites=cites), link=link)
    assert "§ 7" in one and "§ 8" not in one and "…" in one and "§ 8" not in two


@pytest.mark.parametrize(
    ("error", "key"),
    [
        ("no_model", "answer_no_model"),
        ("timeout", "answer_model_other"),
        ("declined", "answer_model_declined"),
        ("over_budget", "answer_model_over_budget"),
        ("paper_lost", "answer_model_paper_lost"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_passages_that_stand_in_are_labelled(error, key, language):
    w = words(language)
    said = quoted("how many hours?", passages_of(PAPER), w, error)
    for how in ({}, {"link": link}):
        *_, one, two = both(said, **how)
        assert (
            one.startswith(w[key] + w.answer_best)
            and two.startswith(w[key] + w.answer_best)
            and "Training takes 12 hours." in one
        )
        assert ("📎" in one) == ("📎" in two) == bool(how)


@pytest.mark.parametrize("question", ["训练用了多少小时？", "and the weather?"])
def test_passages_that_do_not_fit_are_not_said_to(question):
    said = quoted(question, passages_of(PAPER), words("zh"), "no_model")
    assert not said.matched and len(said.cites) == 3
    *_, one, two = both(said)
    assert "没有与问题用词相同" in one and "没有与问题用词相同" in two and words("zh").answer_best not in one + two


def test_what_a_model_wrote_has_no_label():
    for said in (Answer(text="Yes it does.", by="m"), Answer(text="Nothing.", error="no_text")):
        _, _, one, two = both(said)
        assert one == two == said.text


def test_nothing_is_not_an_empty_message():
    _, _, one, two = both(Answer(text=" \n<!-- x -->", by="m"))
    assert one == two == words("en").nothing_written


def test_a_long_answer_runs_over_parts():
    text = "\n\n".join(f"Paragraph {n} says much about it. " * 12 for n in range(60))
    slack, telegram, *_ = both(Answer(text=text, by="m", cites=CITES), link=link, parent="msg:7")
    assert [p.key for p in slack] == ["answer", *(f"answer:{n}" for n in range(1, len(slack)))] and len(slack) >= 3
    assert {p.parent for p in slack} == {"msg:7"}
    assert [p.parent for p in telegram] == ["msg:7", *["answer"] * (len(telegram) - 1)] and len(telegram) >= 5
    assert "disable_notification" not in telegram[0].payload and telegram[1].payload["disable_notification"]
    assert not urls(slack[:-1]) and urls(slack[-1:]) and not urls(telegram[:-1]) and urls(telegram[-1:])


def test_a_table_becomes_lines():
    slack, *_ = both(Answer(text="| a | b |\n|---|---|\n| 1 | 2 |", by="m"))
    assert [b["type"] for b in slack[0].payload["blocks"]] == ["rich_text"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_comes_through(text):
    said = Answer(text=f"Words. {text}", by="m", cites=(Cite(passage="S1", where=text[:60] or "x", quote=text),))
    slack, telegram, one, two = both(said)
    assert not urls([*slack, *telegram])
    for shown in (one, two, slack[0].payload["text"]):
        assert not any(x in shown for x in ("<!", "<@", "://", "\u202e", "\u200b", "\x1b")) and "Words." in shown
    assert "<" not in slack[0].payload["text"]


@given(markdown)
def test_any_markdown_fits_and_loses_no_words(text):
    said = Answer(text=f"Begin. {text[:20_000]}", by="m", cites=CITES)
    *_, one, two = both(said, link=link)
    wanted = set(words_of("The model learns quickly")) & set(words_of(text[:200]))
    assert wanted <= set(words_of(one)) and wanted <= set(words_of(two))


# -- while it is written ---------------------------------------------------------------------------------------------


@given(markdown)
def test_any_beginning_can_be_shown(text):
    for at in (1, len(text) // 3, len(text)):
        live_markdown(text[: min(at, 5_000)])
        shown, entities = live_message(text[: min(at, 5_000)])
        assert len(shown.encode("utf-16-le")) <= 2 * 4_096 and (shown or not entities)


def test_a_word_that_may_still_grow_is_held_back():
    assert live_markdown("It is evil") == "It is" and live_markdown("It is evil.com now") == "It is evil․com"
    assert live_markdown("训练需要十二小时") == "训练需要十二小时" and live_markdown("") == ""
    assert (
        live_markdown("see [it](https://evil.example) and ![x](y) a & b ")
        == "see [it] (evil․example) and [x] (y) a ＆ b"
    )
    assert live_message("") == ("", [])
