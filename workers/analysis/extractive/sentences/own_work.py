"""Tells whether a sentence is about the paper's own work or that of others."""

import re
from collections.abc import Iterable, Sequence

from workers.analysis.extractive.sentences.roles import CONNECTIVE, OTHERS, OWN
from workers.analysis.grounding.text.sentences import words_of

NAME_MAX = 40
"""Characters; a longer "name" is a part of the title."""

_COINED = r"(?:[A-Z][\w+-]*[A-Z0-9+][\w+-]*|[a-z]+[A-Z][\w+-]*)"
"""A name that no sentence begins with by chance: LanternFlow, BERT, PaSa-7B, mBERT."""

_GIVEN = re.compile(
    rf"\b(?:[Pp]ropose|[Ii]ntroduce|[Pp]resent|[Dd]evelop|[Rr]elease|[Dd]escribe|[Dd]esign|[Uu]nveil|[Cc]reate)(?:s|d)?\b"
    rf"[^.;:]{{0,110}}?\b(?P<name>{_COINED})(?=[,.;:)\s]|$)"
)
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|, the|namely,?)\s+(?:the\s+)?[\"“*$]{0,2}(?P<name>[A-Z][\w+-]+)"
)
_BRACKETED = re.compile(rf"\((?P<name>{_COINED})\)")
_PRESENTS = words_of(
    r"""\b(?:we|this (?:paper|work|article)|our)\b.{0,80}\b(?:propos|introduc|present|develop|releas|design|describ|
    creat|unveil)\w*"""
)
_KINDS = """
LLM LLMs VLM VLMs MLLM MLLMs LMM LMMs CNN CNNs RNN RNNs GAN GANs RL GPT GPT-4 AI NLP CV 3D 2D 4D 1D ViT ViTs
BERT RAG SFT GPU GPUs QA VQA DNN DNNs MLP API APIs HTML PDF LoRA CLIP SAM DiT MRI CT RGB SOTA LSTM RLHF DPO
GRPO PPO
"""
_COMMON = frozenset(_KINDS.split())
"""Names of whole kinds of things, and of what everybody builds on: never a paper's own."""

_VERB = words_of(
    r"""\b(?:is|are|was|were|be|has|have|had|can|could|may|might|will|would|do|does|did|cannot|shows?|showed|shown|
    [a-z-]+(?:es|s|ed)|outperform|achieve|improve|reduce|use|fail|require|rely|suffer|propose|introduce|present|
    find|demonstrate|reveal|lack|struggle|make|train|give|gave|won|fell|rose|led|beat|hold|held)\b"""
)


def own_names(title: str, sentences: Iterable[str]) -> tuple[str, ...]:
    """What the paper calls its own thing.

    The name before the title's colon, and names given where something is proposed. `sentences`: those of abstract and
    introduction.
    """
    found = dict[str, None]()
    head = title.partition(":")[0].strip() if ":" in title else ""
    if head and len(head) <= NAME_MAX and len(head.split()) <= 3:
        found[head] = None
    for sentence in sentences:
        if _PRESENTS.search(sentence):
            after = sentence[_PRESENTS.search(sentence).end() :]  # type: ignore[union-attr]
            hits = [*_GIVEN.finditer(sentence), *_CALLED.finditer(after), *_BRACKETED.finditer(after)]
            for hit in hits[:2]:
                found[hit["name"]] = None
    return tuple(name for name in found if name not in _COMMON and len(name) > 1)


class OwnWork:
    """Tells for the sentences of one paper whether the paper is what they speak of."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        self._named = re.compile(rf"(?<![\w-])(?:{listed})(?![\w])") if listed else None

    def named(self, text: str) -> bool:
        """True where the paper's own name stands in the text."""
        return self._named is not None and self._named.search(text) is not None

    def does(self, text: str, verbs: re.Pattern[str], words: int = 5) -> bool:
        """True where the paper is the subject and its verb is one of `verbs`.

        The verb stands within `words` words of the paper's mention, or is joined to it by a comma or "and".
        """
        main = main_clause(text)
        end = self._end(main)
        if end < 0:
            return False
        joined = re.search(r"(?:,| and) ((?:then |further |also )?\w+ (?:\w+ ){0,2})", main[end:][:150])
        return bool(verbs.search(" ".join(main[end:].split()[:words])) or (joined and verbs.match(joined[1])))

    def leads(self, text: str) -> bool:
        """True where the paper is the subject of the main clause.

        It stands before the first verb, and no work of others does.
        """
        return self._end(main_clause(text)) >= 0

    def _end(self, main: str) -> int:
        """Where the paper's mention as the subject of a main clause ends.

        -1 where it is not the subject.
        """
        verb = _VERB.search(main)
        before = verb.start() if verb else 60
        if OTHERS.match(main[:before]) and not OWN.search(main[:before]):
            return -1
        hits = [*OWN.finditer(main), *(self._named.finditer(main) if self._named else ())]
        ends = [h.end() for h in hits if h.start() <= before and not _GOVERNED.search(main[: h.start()])]
        return min(ends, default=-1)


_GOVERNED = words_of(
    r"\b(?:of|by|to|with|in|from|for|on|at|than|over|unlike|against|between|under|beyond|using|like) (?:the |all )?$"
)
"""What stands before a mention that is no subject: "on our test set"."""

_OPENING = words_of(
    r"""^(?:(?:in|on|at|for|to|with|by|under|across|when|while|although|though|despite|unlike|given|using|based|
    trained|compared|if|since|because|as|after|before|during|from|through|via|among|within|without|inspired|
    motivated|building|beyond|averaged|following|rather|instead|tested|evaluated|experiments|due)\b[^,]{0,140}|
    \w+ly), (?=\S)"""
)


def main_clause(text: str) -> str:
    """The sentence without the connectives and clauses that open it.

    "On five tasks, ..." is one of them.
    """
    text = CONNECTIVE.sub("", text)
    for _ in range(2):
        cut = _OPENING.sub("", text, count=1)
        if cut == text:
            break
        text = CONNECTIVE.sub("", cut)
    return text
