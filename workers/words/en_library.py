"""English: the team's memory (what was posted, asked, saved) and handing it on."""

WORDS = {
    "help_cite": "`/digest cite` gives the latest digest's papers as BibTeX; `/digest cite <links or date> ris` "
    "(or `csl`) those papers in that format; `cite` in a paper's thread that paper.",
    "help_find": "`/digest find <words>` looks through all that was posted, asked and answered here; filters: "
    "`since:2026-01` (or `30d`), `by:Name`, `liked`. So does asking me “what did we read about …?”",
    "help_saved": "`/digest saved` shows your own list, to you only (“Save” is under each paper); "
    "`/digest saved channel` what people here saved; `/digest cite saved` your list as BibTeX.",
    "find_title": "{n:thing|things} found here for “{text}”:",
    "find_nothing": "Nothing was posted, asked or answered here that fits “{text}”.",
    "find_how": "Say what to look for: words, and if you like `since:2026-01` (or `since:30d`), `by:Name`, `liked`.",
    "find_question": "Asked",
    "find_answer": "Answered",
    "button_save": "Save",
    "saved": "Saved to your list. `/digest saved` shows it to you; press again to take it off.",
    "unsaved": "Taken off your list.",
    "saved_zotero": "It goes into the team's Zotero library, too.",
    "saved_zotero_before": "It was put into the team's Zotero library before.",
    "unsaved_zotero": "It stays in the team's Zotero library.",
    "op_zotero": "⚠️ Zotero takes no papers (`{error}`, library `{source}`): those that people save wait for a week. "
    "{cure}{said}",
    "op_zotero_over": "✅ Zotero takes papers again.",
    "op_kind_zotero": "Zotero failing",
    "cure_zotero_key": "Its key is refused: make a new one at zotero.org/settings/keys (`ZOTERO_API_KEY`).",
    "cure_zotero_rights": "The key may not write there: give it write access to `ZOTERO_LIBRARY` at "
    "zotero.org/settings/keys.",
    "cure_zotero_library": "There is no such library: correct `ZOTERO_LIBRARY`.",
    "cure_zotero_rejected": "It refuses one paper, which was left out; please report it.",
    "cure_zotero_other": "Nothing needs to be done unless it lasts.",
    "saved_title": "Your list:",
    "saved_none": "Your list is empty: press “Save” under a paper.",
    "saved_by": "saved by {n}",
    "saved_privately": "I have sent you your list privately.",
    "saved_write_first": "Your list is for you alone: write to me in a private chat, then send `/digest saved` there.",
    "reading_title": "Reading list of this channel:",
    "reading_none": "Nobody here has saved a paper yet: “Save” is under each.",
    "site_search": "Search titles, authors, words",
    "site_nothing": "Nothing found.",
    "site_none": "No papers yet.",
    "site_days": "All days",
    "site_papers": "{n:paper|papers}",
    "help_forget_me": "`/digest forget-me` removes what I keep of you: votes, saved papers, questions, answers.",
    "forgetting": "On it: within a minute your votes, saved papers, and questions with their answers are removed. "
    "Messages that were posted stay in the chat.",
    "cite_taken": "On it: {n:citation|citations}.",
    "cite_privately": "{said} You get them privately.",
    "cite_write_first": "Your list is for you alone: write to me in a private chat, then send `/digest cite saved` "
    "there.",
    "cite_more": "At most {limit} at a time in a chat; `python -m bot cite` takes any number.",
    "cite_none": "I found no paper and no digest here for “{text}”. Give links, ids, or the date of a digest as "
    "2026-01-24.",
}
