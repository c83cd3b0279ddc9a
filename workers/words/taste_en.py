"""English: what votes taught, whom a channel follows, what it mutes."""

WORDS = {
    "taste_moved": "{by}: by what you liked",
    "taste_liked": "{by}: like “{title}”, which {n} of you liked",
    "taste_saved": "{by}: like “{title}”, which {n} of you saved",
    "taste_used": "{by}: like “{title}”, which {n} of you looked into",
    "taste_disliked": "{by}: like “{title}”, which {n} of you did not like",
    "label_followed": "by {name} (followed)",
    "label_surprise": "a surprise: not what your votes ask for",
    "help_taste": "`/digest taste` shows what the votes here have taught me; `/digest taste forget 2` (or `all`) "
    "unlearns it.",
    "help_follow": "`/digest follow <name or paper link>` shows every new paper of a person or group, whatever its "
    "score.",
    "help_mute": "`/digest mute <phrase>` lowers papers about that.",
    "taste_none": "Nobody has voted here yet: 👍 and 👎 under the papers teach me what this channel likes.",
    "taste_title": "{n:sign|signs} from {people:person|people} here have taught me:",
    "taste_idle": "It does not change scores: so far it has not foretold the votes here well enough.",
    "taste_works": "It moves scores by up to {most} points, since it has foretold the votes here (weight {weight}).",
    "taste_more": "More of: {terms}",
    "taste_less": "Less of: {terms}",
    "taste_forget": "`/digest taste forget <number>` or `/digest taste forget all` unlearns it; the counts under "
    "the papers stay.",
    "taste_forgot": "Forgotten: {n:sign|signs}.",
    "taste_no_number": "There is no such number: `/digest taste` shows them.",
    "followed": "Following {name}: every new paper comes, whatever its score. `/digest settings` lists whom you "
    "follow.",
    "follow_link": "A link tells me no name; write it: `/digest follow Kaiming He`.",
    "followed_before": "{name} is followed already.",
    "follow_who": "Whom? `/digest follow Kaiming He`, `/digest follow ATLAS Collaboration`, or a link of a paper "
    "that I know.",
    "follow_which": "That paper is by {names}. Say which one: `/digest follow {first}`.",
    "follow_unknown": "I do not know who wrote that paper; write the name: `/digest follow Kaiming He`.",
    "follow_orcid": "Lists name people, not ORCID numbers; write the name: `/digest follow Kaiming He`.",
    "muted": "Muted: papers about “{phrase}” come lower. `/digest settings` lists what is not wanted.",
    "muted_before": "“{phrase}” is muted already.",
    "mute_what": "What? `/digest mute face swapping`.",
}
