"""English: what is said when people talk to the bot."""

WORDS = {
    "hello": "Hello! Send me an arXiv link or id: I read the paper, and then you can ask me about it right here.\n"
    "`/digest subscribe` brings the day's papers; `/digest help` shows everything I can do.",
    "which_paper": "I do not know which paper you mean: send me its link or id first, then ask.",
    "which_day": "There has been no digest here yet, so there is no day to ask about. `/digest now` makes one; "
    "with a link I read a single paper.",
    "answer_about": "About {paper}",
    "button_other": "Another paper",
    "other_none": "I know of no other paper from today: send me its link or id, then ask.",
    "answer_by_day": "Chosen from that day's papers by words and scores:",
    "answer_papers_not_said": "None of these papers says so.",
    "day_picked": "no. {n} of the digest",
    "day_match": "match {score}/100",
    "day_below": "below the bar of {bar}",
    "day_no_room": "above the bar, but others scored higher",
    "day_unscored": "could not be scored",
    "day_none_left": "Nothing was left out: every paper of that day is in the digest.",
    "day_unknown_left": "What was left out that day is no longer kept (two weeks).",
    "day_nothing_about": "No paper of that day has a word of the question. In the digest are:",
    "cancelled": "Cancelled: nothing was changed.",
    "settings_private": "Settings of a channel are changed in my private chat, by its administrators: {me}",
    "settings_where": "Settings of which place?",
    "settings_here": "This chat",
    "settings_close": "Close",
    "settings_closed": "Settings closed.",
    "start_subscribe": "Daily digest here",
    "start_settings": "Settings",
    "start_help": "What I can do",
    "command_subscribe": "The daily digest comes here",
    "command_settings": "Settings, of all places you administer",
    "command_cancel": "Stop what I asked you for",
    "dive_is_there": "The deep dive is right here: in the thread, or folded below the paper.",
    "dive_deepening": "On it: more of this paper comes in its thread.",
    "dive_deepened": "More of this paper is in its thread already. Ask there for anything else.",
    "dive_deepen": "Go deeper than the deep dive above: how does the method work, step by step; which numbers are "
    "reported, on what data and against what; and what of it could we try ourselves?",
}
