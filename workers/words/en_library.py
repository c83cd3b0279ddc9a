"""English: the team's memory (what was posted, asked, saved) and handing it on."""

WORDS = {
    "help_cite": "`/digest cite` gives the latest digest's papers as BibTeX; `/digest cite <links or date> ris` "
    "(or `csl`) those papers in that format; `cite` in a paper's thread that paper.",
    "cite_taken": "On it: {n:citation|citations}.",
    "cite_more": "At most {limit} at a time in a chat; `python -m bot cite` takes any number.",
    "cite_none": "I found no paper and no digest here for “{text}”. Give links, ids, or the date of a digest as "
    "2026-01-24.",
}
