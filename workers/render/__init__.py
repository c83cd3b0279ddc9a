"""From a `Digest` to what people see: one set of documents (`page`), one small tree for Markdown (`ast`), four writers.

Nothing here does I/O. All text of papers and models passes through `clean` on its way in: no control characters, no
mentions, no links but those that `page` builds from a paper's id.
"""
