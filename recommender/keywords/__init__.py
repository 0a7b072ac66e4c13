"""The words, names and phrases of texts, and which of them tell groups apart."""
