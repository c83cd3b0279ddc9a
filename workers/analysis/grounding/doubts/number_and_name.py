"""Checks that a number stands somewhere with the name that it is told of."""

import re
from collections.abc import Sequence

from workers.analysis.grounding.doubts.names import in_row
from workers.analysis.grounding.doubts.swapped_numbers import SIZES
from workers.analysis.grounding.evidence.find import Facts, Mention
from workers.analysis.grounding.evidence.number_support import Borne
from workers.analysis.grounding.numbers.pairs import segments
from workers.analysis.grounding.numbers.read import Number
from workers.analysis.grounding.text.terms import Term, keys_in, keys_of, names_of, shares, terms


def elsewhere(text: str, said: Sequence[Term], bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where a number stands nowhere with its name, but with another one."""
    sizes = {side for m in SIZES.finditer(text) for side in re.findall(r"\d+", m[0])}
    for segment, number in segments(text, bare):
        mentions = borne.mentions.get(number.value, [])
        start = "" if text.startswith(segment) else ". x "
        names = [t for t in names_of(terms(start + segment)) if not t.keys & facts.own and not _numbered(t)]
        names = [t for t in names if not in_row(t, bare, facts)]
        if not mentions or not names or not _telling(number, facts) or number.words in sizes:
            continue
        if not all(_names_another(m, said, facts) for m in mentions):
            continue
        around = [facts.around(m) for m in mentions]
        beside = frozenset[str]().union(*(_beside(m, facts) for m in mentions))
        setting = [t for t in names if _SETTING.search((start + segment)[: t.at])]
        if not any(shares(t, keys) for t in names for keys in around) and not any(shares(t, beside) for t in setting):
            return True
    return False


def _telling(number: Number, facts: Facts) -> bool:
    """True for three digits, or two that the paper has at most SELDOM times."""
    digits = len(number.value.strip("-%0.").replace(".", ""))
    return digits >= 3 or (digits == 2 and len(facts.mentions.get(number.value.removesuffix("%"), ())) <= SELDOM)


SELDOM = 2
"""Places in which a number of two digits may stand to count as telling."""


def _names_another(mention: Mention, said: Sequence[Term], facts: Facts) -> bool:
    """True where a name that the statement does not have stands with a number."""
    if facts.index.paragraphs[mention.paragraph][1].id in facts.tables:
        return True
    start, end = facts.sentence(mention.paragraph, mention.at)
    keys = keys_of(said)
    return any(
        not shares(t, keys) and not t.keys & facts.own for t in names_of(facts.terms(mention.paragraph, start, end))
    )


BEFORE = 2
"""Sentences before the one of a number in which may stand on what it was measured."""

_SETTING = re.compile(r"(?:\b(?:on|in|at|for|with|from|using)\s(?:[\w.-]+\s){0,4}|在[^，。；]{0,12})$", re.IGNORECASE)
"""What stands before the name of a data set, a task, a machine: on NQ, 在 NQ 上."""


def _beside(mention: Mention, facts: Facts) -> frozenset[str]:
    """Stems of the sentences before a number's own; of a row, of its table's notes."""
    k = mention.paragraph
    table = facts.tables.get(facts.index.paragraphs[k][1].id)
    if table:
        return keys_in(" . ".join(row.text for row in table.rows if not row.cells))
    spans = facts.spans(k)
    own = next((i for i, (a, b) in enumerate(spans) if a <= mention.at < b), 0)
    near = spans[max(0, own - BEFORE) : own + 1]
    return keys_in(facts.plain(k)[near[0][0] : near[-1][1]]) if near else frozenset()


def _numbered(term: Term) -> bool:
    return any(c.isdigit() for c in term.words)
