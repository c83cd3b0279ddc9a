"""The team's memory: find, save, cite; the client of its Zotero library."""
