"""Papers in: the one guarded HTTP door, Hugging Face's day lists, arXiv's feeds, and what a digest asks of them."""
