"""English: setting up a topic, and everything of a profile that a channel may change."""

WORDS = {
    "topic_title": "{topic} Daily",
    "setting_title": "Title",
    "setting_sources": "Where to look",
    "setting_not_wanted": "Not wanted",
    "setting_follow": "People and groups to follow",
    "setting_persona": "Who writes",
    "setting_audience": "Who reads",
    "setting_quiet": "Stay quiet on empty days",
    "quiet_True": "yes",
    "quiet_False": "no",
    "bad_line": "write one line of at most {longest} characters",
    "bad_phrases": "give at most {most} phrases of at most {longest} characters, one a line or with commas",
    "bad_sources": "there is no such source; write huggingface:15, arxiv:cs.CL or arxiv:q-bio.BM",
    "bad_near": " (perhaps {names})",
    "sources_popular": "Most upvoted of the day",
    "sources_top": "Hugging Face: the {n} most upvoted of the day",
    "nothing_chosen": "none",
    "nothing_today": "Today's digest was made: no paper cleared the bar, and this channel stays quiet on such days.",
    "sentence": "{text}.",
}
