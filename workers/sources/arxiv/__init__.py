"""arXiv: announcements of a day by feed, dated pages or OAI-PMH; its API."""
