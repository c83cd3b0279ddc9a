"""English: papers of any origin, by id, link or title."""

WORDS = {
    "record_biorxiv": "bioRxiv's API",
    "record_crossref": "Crossref",
    "record_pubmed": "PubMed",
    "record_page": "its own page",
    "label_closed": "from the abstract: the full text is behind a paywall or not open to programs",
    "label_unread": "from the abstract: the full text could not be read",
    "flag_preprint": "full text read from its open preprint",
    "dive_failed_elsewhere": "I could not fetch {paper} ({why}). Please try again later.",
    "dive_unknown_elsewhere": "I cannot find {paper}: please check the link or DOI.",
    "dive_closed": "Of “{paper}” only the title is open: neither its text nor an abstract can be read.",
    "title_looking": "I am looking for the paper with the title “{title}”.",
    "link_looking": "I am looking for the paper behind that link.",
    "link_none": "That link names no paper that I can tell. Give me its DOI, or its title.",
    "link_failed": "I could not look up what that link names ({why}). Try again later, or give me the DOI.",
    "title_several": "I am not sure which paper “{title}” is. Do you mean one of these?",
    "title_none": "I found no paper with the title “{title}”. Check its words, or give me a link.",
    "title_failed": "I could not look for the title “{title}” ({why}). Try again later, or give me a link.",
}
