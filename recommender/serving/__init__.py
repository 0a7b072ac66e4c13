"""Answers from a published snapshot, as the web layer asks for them."""
