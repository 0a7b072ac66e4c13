"""The words, names and phrases of texts, and those that set groups of texts apart."""
