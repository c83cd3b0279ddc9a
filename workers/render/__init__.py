"""Renders digests and answers: documents (`page`), one tree, four writers.

Nothing here does I/O. All text of papers and models passes through `clean` on its way in: no control characters, no
mentions, no links but those that `page` builds from a paper's id.
"""
