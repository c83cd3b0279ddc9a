"""Phrases by which a text speaks to a language model instead of a reader.

Only what is said *to* a model counts: an order in the imperative ("Ignore all previous instructions"), a form of
address ("Note to LLM reviewers: …"), or the marks by which a chat with a model is put together. Papers about agents,
prompts and reviews say much *of* models ("for LLM agents", "models that ignore earlier instructions"), which does not.
A hit is a label with its words and place, never a verdict: papers on security quote such phrases, and venues plant
them as canaries.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"(?:ai|a\.i\.|llm|large language model|language model|chatbot|chatgpt|gpt|claude|gemini)"
_WHO = rf"{_NAME}(?: {_NAME})?s?"
_ROLE = r"(?: (?:reviewer|assistant|agent|model|system|reader|judge|grader)s?)?"
_WORK = r"(?:paper|work|article|submission|manuscript|study|abstract)"
_ORDER = (
    r"(?:please|kindly|you|ignore|disregard|forget|give|rate|score|grade|recommend|accept|praise|be|do not|don't|write|"
    r"output|only|say|assign|respond|reply|answer|print|visit|treat|consider|rank|include|return|add|mention|report)\b"
)

_SCREEN = (
    # orders to drop what the model was told before
    (
        ("ignor", "disregard", "forget", "overrid"), True,
        r"(?:ignore|disregard|forget|override) (?=[^.]{0,40}\b(?:all|any|every|previous|prior|above|earlier|preceding|"
        r"other|your|these|those|system)\b)(?:\w+ ){1,4}"
        r"(?:instruction|prompt|direction|rule|guideline|order|command)s?\b",
    ),
    (("override",), False, r"system override\b"),
    (("忽略", "无视", "忘记"), True, r"(?:忽略|无视|忘记)[^。]{0,8}(?:指令|指示|提示|规则)"),
    # orders to praise
    (
        (" review",), True,
        r"(?:only )?(?:give|write|provide|output|return|generate|produce|leave|submit|make) (?:\w+ ){0,3}"
        r"(?:positive|favou?rable|glowing) reviews?\b",
    ),
    (
        ("do not ", "don't "), True,
        r"(?:do not|don't) (?:mention|highlight|report|list|discuss|criticise|criticize)\b"
        r"[^.]{0,60}\b(?:negative|weakness|limitation|flaw)",
    ),
    (
        ("rate ", "score ", "grade "), True,
        rf"(?:rate|score|grade) (?:this|our|the) {_WORK}\b(?! (?:on|from|between|using|by)\b)"
        r"[^.]{0,40}?(?:\d|\bhigh|\btop\b|\bbest\b|\bexcellent|\baccept|\bpositiv|\bfavou?r|\bmarks\b|\bgenerous)",
    ),
    (
        ("rate ", "score ", "give "), True,
        r"(?:rate|score|give) (?:this|it|us)\b[^.]{0,40}\b(?:\d{3,}|10/10|ten out of ten|highest score|full marks)",
    ),
    (
        ("rate", "score", "grade"), True,
        rf"(?:rate|score|grade)(?: (?:it|this|us|me|our|the))?(?: {_WORK})?(?: ?[=:])? ?-?\d{{2,}}"
        r"(?=$|[.,;!?](?!\d)|/|\"|<| and (?:print|link|write|say|add|give|praise)\b| matched)",
    ),
    (
        ("must ", "should ", "shall "), False,
        rf"\b(?:reviewer|assistant|agent|model|{_WHO})s? (?:must|should|shall) "
        rf"(?:rate|score|give|accept|recommend|praise) (?:this|it|us|our)\b(?: {_WORK})?[^.]{{0,20}}?"
        rf"(?:\d{{2,}}|\bhigh|{_WORK}|\baccept)",
    ),
    (("other papers",), True, r"(?:give|rate|score|rank) (?:\w+ ){0,2}other papers\b"),
    (
        ("recommend ",), True,
        r"recommend (?:\w+ ){0,3}(?:strong accept|(?:for )?acceptance\b|accepting (?:this|it)\b)",
    ),
    (
        ("给出", "只给", "仅给", "提供", "打"), True,
        r"(?:给出|只给|仅给|提供)[^。]{0,6}(?:正面|积极)的?(?:评价|评审)|(?:给出|打) ?\d{2,} ?分",
    ),
    # orders to give something away
    (
        ("repeat ", "print ", "reveal ", "show ", "send ", "post ", "output "), True,
        r"(?:repeat|print|reveal|show|send|post|output) (?:me |us )?(?:your|the) (?:\w+ ){0,2}?"
        r"(?:api keys?|system prompt|secrets?|passwords?|environment variables|bot token|instructions? (?:above|word))",
    ),
    # forms of address
    (
        (" ai", " llm", "language model", "chatbot", "gpt", "claude", "gemini", "a.i."), True,
        r"(?:(?:(?:note|message|notice|memo|instructions?) (?:to|for)|attention|dear|hey|hello|hi|to|important|warning)"
        rf"[:,]? (?:(?:any|all|every|the|an?) )?)?{_WHO}{_ROLE}(?: (?:reading|reviewing|processing) this(?: {_WORK})?)?"
        rf" ?[:,!;–—-] ?(?:if you\b|{_ORDER})",
    ),
    (
        ("as an ai", "as a language", "as a large", "as an llm", "as a chatbot"), False,
        rf"as an? {_WHO}{_ROLE},? ?{_ORDER}",
    ),
    (("if you",), False, rf"if you(?: are|'re) (?:an? )?{_WHO}\b"),
    (("if a",), False, rf"if any? {_WHO}{_ROLE} (?:is|are|reads|reviews) (?:reading|reviewing|processing|this)\b"),
    (
        ("you are now", "you must now"), False,
        r"you are now (?:an? )?(?:\w+[ -]){0,3}?(?:reviewer|assistant|ai|dan|jailbroken|unrestricted|\w*bot)\b|"
        r"you must now (?:act|respond|ignore|say|give|rate|score|answer)\b",
    ),
    # marks of a chat with a model, and turns that nobody took
    (("im_start",), False, r"<\|?im_start\|?>(?!.{0,400}im_end)"),
    (("</",), False, r"</(document|paper|instructions?|abstract|user)>"),
    (("[/inst]",), False, r"\[/inst\]"),
    (
        ("assistant", "system"), False,
        r"human ?: [^:]{0,80}\bscore\b[^:]{0,20}assistant ?: ?\d|system ?: ?(?:score|rate) \d",
    ),
)  # fmt: skip
"""(words of which one must be there, whether the pattern must begin a sentence, pattern), all lower case.

The words are few, because each costs a look through the whole text."""

_BEGINS = re.compile(
    r"(?:^|[.!?;:,。！？；：，\n\"“”'‘’(\[{}<>*#—–•]|--|"
    r"\b(?:please|kindly|also|then|now|you (?:must|should|will))|请|务必|必须)\s*$"
)
"""What stands before a word that begins a sentence, or follows on "please"."""

AROUND = 250
"""Characters before and after a first word that are looked at; the longest patterns span 150."""

OFTEN = 8
"""Occurrences of a first word up to which only the text around each is looked at; the whole beyond."""

LONGEST = 90
"""Characters of a phrase that are shown."""


@dataclass(frozen=True)
class _Rule:
    first: tuple[str, ...]
    begins: bool
    pattern: re.Pattern[str]


_RULES = tuple(_Rule(first, begins, re.compile(pattern)) for first, begins, pattern in _SCREEN)
_FIRST = tuple(dict.fromkeys(word for rule in _RULES for word in rule.first))
_CLOSING = ("</", "[/")
"""How marks begin that end something: no phrase where the text itself began it."""


def addresses_model(text: str) -> bool:
    """True where a phrase in cleaned `text` speaks to a language model."""
    return next(_found(text), None) is not None


def phrase_of(text: str) -> str:
    """Return the first words in cleaned `text` that speak to a language model.

    As they stand there; '' where none do.
    """
    found = next(_found(text), None)
    if found is None:
        return ""
    words = " ".join(found.split())
    return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"


def _found(text: str) -> Iterator[str]:
    """Phrases, in the order of the rules."""
    low = text.lower()
    same = text if len(text) == len(low) else low
    places = {word: found for word in _FIRST if (found := _places(low, word))}
    for rule in _RULES:
        for word in rule.first:
            for start, end in _pieces(len(low), places.get(word, [])):
                for match in rule.pattern.finditer(low, start, end):
                    if rule.begins and not _BEGINS.search(low, max(0, match.start() - 16), match.start()):
                        continue
                    if match[0].startswith(_CLOSING) and match[0].replace("/", "") in low[: match.start()]:
                        continue
                    yield same[match.start() : match.end()]


def _places(low: str, word: str) -> list[int]:
    """Where `word` stands, up to one more than OFTEN."""
    found, at = list[int](), low.find(word)
    while at >= 0 and len(found) <= OFTEN:
        found.append(at)
        at = low.find(word, at + 1)
    return found


def _pieces(length: int, places: list[int]) -> list[tuple[int, int]]:
    """Stretches to search for a pattern one of whose first words stands at `places`."""
    if len(places) > OFTEN:
        return [(0, length)]
    return [(max(0, at - AROUND), min(length, at + AROUND)) for at in places]
