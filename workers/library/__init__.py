"""The team's memory: what was posted, asked and saved; handing it on, and the client of the team's Zotero library."""
