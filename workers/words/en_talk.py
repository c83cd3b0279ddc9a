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
}
