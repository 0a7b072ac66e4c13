"""Nearest texts: the FAISS index, and the search for all neighbours of all texts."""
