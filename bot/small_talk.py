"""Recognises greetings, thanks and calls for help, in many languages. Pure."""

import functools
import re
import unicodedata
from difflib import SequenceMatcher

from workers.words import LANGUAGES, words

LIKE = 0.85
"""Share of letters in common (difflib's ratio) from which a word is taken for another one misspelt."""

MISSPELT = ("hello", "help", "help me", "thanks", "thank you")
"""What is recognised misspelt, too: "hepl", "thnaks"."""


def _set(*lines: str) -> frozenset[str]:
    return frozenset(phrase for line in lines for phrase in line.split("|"))


HELLO = _set(
    "hi|hello|hey|hallo|yo|hola|bonjour|salut|ciao|moin|guten tag|guten morgen|guten abend|good morning",
    "good afternoon|good evening|test|ping|are you there|anybody there|olá|oi|привет|здравствуйте|안녕|안녕하세요",
    "こんにちは|こんばんは|おはよう|おはようございます|もしもし|你好|您好|早上好|早|晚上好|嗨|哈喽|在吗|你在吗|在不在|测试",
)
HELP = _set(
    "help|help me|menu|commands|what can you do|how does this work|how does it work|how do you work|who are you",
    "what are you|how do i have a paper read|how do i get a paper read|how do i use this|ayuda|hilfe|aide|aiuto|ajuda",
    "помощь|도움말|ヘルプ|使い方|使い方は|何ができますか|論文を読んでもらうにはどうすればよいですか|帮助|怎么用|怎么使用",
    "怎么让你读论文|怎么让你读一篇论文|怎样让你读论文|怎样让你读一篇论文|你会什么|你能做什么|你能干什么|你是谁",
)
NO_ANSWER = _set(
    "thanks|thank you|thank u|thx|tks|ty|cheers|many thanks|great thanks|cool thanks|ok thanks|okay thanks",
    "thanks a lot|thanks so much|thank you so much|thank you very much|thanks very much|ok|okay|k|great|cool|nice",
    "nice paper|nice one|good bot|well done|got it|ok got it|ok thanks got it|thanks got it|perfect|awesome|wow|lol",
    "haha|hmm|yes|yeah|yep|no|nope|sure|never mind|nevermind|cancel|bye|goodbye|good night|see you|i see|understood",
    "merci|merci beaucoup|danke|danke schön|vielen dank|gracias|grazie|obrigado|obrigada|спасибо|고마워|감사합니다",
    "ありがとう|ありがとうございます|ありがとうございました|了解|了解です|はい|いいえ|なるほど|谢谢|多谢|谢谢你|谢谢啦",
    "感谢|谢了|好|好的|好的谢谢|ok谢谢|嗯|嗯嗯|哦|哈哈|哈哈哈|收到|收到谢谢|明白|明白了|知道了|太好了|不错|厉害|是|是的",
    "对|不是|没事|算了|取消|再见|拜拜|晚安|辛苦了",
)

_NAMED = re.compile(r"\s+(?:there|paperboy|bot|all|everyone|guys|team)$")
_THANKS = re.compile(
    r"\b(?:thanks?|thx|tks|cheers|merci|danke|gracias|grazie|appreciate it|very (?:helpful|useful)|love (?:it|this)|"
    r"(?:great|good|nice|excellent) (?:summary|answer|work|job|digest|paper|pick)|well done)\b"
    r"|谢谢|感谢|多谢|谢了|辛苦|很有用|有帮助|真不错|总结得(?:很|真)?好|ありがと|助かりま",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]|\b(?:what|which|how|why|when|where|who|can|could|would|does|do|is|are|but|please|pls|also|compare|explain|show|tell|"
    r"summari[sz]e|now)\b|什么|怎么|为什么|哪|吗|请|能不能|可以|但|不过|再|帮|ですか|ください|教えて|けど",
    re.IGNORECASE,
)
THANKS_MOST = 80
"""Characters of a message that is thanks and nothing else."""

_POLITE = re.compile(
    r"^(?:please|pls|can you|could you|i want to|i would like to|请|帮我|我想|我要)\s*|\s*(?:please|pls|一下|吧)$"
)
_OBJECT = re.compile(r"\s+(?:me|us|this channel|here|the digest)$")


def plain(text: str) -> str:
    """The words in small letters, without signs, single spaces between."""
    kept = (c if c.isalnum() or unicodedata.category(c) == "Mn" else " " for c in text.casefold().replace("'", ""))
    return " ".join("".join(kept).split())


def has_words(text: str) -> bool:
    """False for what is nothing but emoji and signs."""
    return any(c.isalnum() for c in text)


def is_one_of(text: str, known: frozenset[str]) -> bool:
    """True where the text is one of the phrases, signs aside, perhaps misspelt."""
    said = plain(text)
    forms = (said, _NAMED.sub("", said), said.replace(" ", "") if not said.isascii() else said)
    return not known.isdisjoint(forms) or any(_alike(said, one) for one in MISSPELT if one in known)


def is_thanks(text: str) -> bool:
    """True for a few words of thanks and praise that ask for nothing.

    As "great summary, thanks a lot!".
    """
    few = len(text) <= THANKS_MOST
    return few and bool(_THANKS.search(text)) and not _ASKS.search(text)


def command_meant(text: str) -> str:
    """The verb of `/digest` that a sentence asks for, or nothing.

    For example of "unsubscribe me" or "退订".
    """
    said = plain(text).removeprefix("digest ")
    for strip in (_POLITE, _POLITE, _OBJECT):
        if said in verbs():
            break
        said = strip.sub("", said)
    return verbs().get(said, "")


@functools.cache
def verbs() -> dict[str, str]:
    """Map what people call the verbs of `/digest` to the verbs, in all languages."""
    found: dict[str, str] = {}
    for w in map(words, LANGUAGES):
        for key in (key for key in w if key.startswith("verb_")):
            verb = key.removeprefix("verb_").replace("_", "-")
            found |= {plain(said): verb for said in re.split("[,、，]", w[key])}
    return found


def _alike(said: str, known: str) -> bool:
    return sorted(said) == sorted(known) or SequenceMatcher(None, said, known).ratio() >= LIKE
