"""What a sentence of a paper does: says what is new, how it works, what came out, what its limits are. By its words."""

import re

from workers.analysis.grounding.sentences import words_of

NEW = words_of(
    r"""\b(?:we|this (?:paper|work|article|survey|report|study))\b[^.]{0,60}?\b(?:propos|introduc|present|
    develop|design|releas|describ|contribut|study|investigat|revisit|formulat|build|construct|resolve)\w*|
    \bis (?:a|an) (?:novel|new|first)\b|提出|介绍|本文"""
)
NAMED = words_of(r"\b(?:propos|introduc|present)(?:e|es|ed|ing|s)?\b|提出")
FIRST_PERSON = words_of(r"\b(?:we|our)\b|我们")
HOW = words_of(
    r"""\b(?:by \w+ing|using|uses?|consist\w*|compris\w*|based on|leverag\w+|employ\w*|train\w*|combin\w+|first|
    second|then|finally|specifically|each|via|decompos\w+|learn\w*|encod\w+|architecture|module|stage|framework|
    loss|we)\b|通过|采用|利用"""
)
RESULT = words_of(
    r"""\b(?:outperform\w*|improv\w+|achiev\w+|results?|experiments?|demonstrat\w*|state-of-the-art|sota|surpass\w*|
    reduc\w+|gains?|faster|better|accuracy|evaluat\w+|find that|shows?|reveal\w*|benchmarks?|rises?|drops?|falls?|
    reach\w*|ablations?)\b|实验|结果|提升|\d\s*(?:\\?%|dB|×|\$?\\times)"""
)
LIMIT = words_of(
    r"""\b(?:limitations? (?:of (?:our|this)|include|remain)|future work|we (?:do|did) not|does not|do not|not when|
    cannot|fails? (?:to|on|when|for|if|where)|failure modes?|at the cost|trade-?off|only (?:on|for|in|when|if|work)|
    remains? (?:open|a challenge|challenging|unclear|unsolved|slow|hard|unreliable)|restricted to|limited to|
    worse|degrades?|unreliable|source of error|underestimat\w*|overestimat\w*|misused|(?:but|often) \w+ wrong|
    gives? up|can drift|in \w+ (?:and \w+ )?only)\b|局限|不足|有待"""
)
HOWEVER = words_of(r"\b(?:however|but|although|though|despite|nevertheless|limited)\b|然而|但")
OTHERS = words_of(r"\b(?:existing|previous|prior|recent|current|conventional|traditional|most) \w+")
CONTRAST = words_of(r"^(?:while|however|although|despite|recent\w*)\b")
NUMBER = re.compile(r"\d")
LINK = re.compile(r"https?://|www\.|github\.com|huggingface\.co", re.IGNORECASE)
