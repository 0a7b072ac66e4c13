"""All that depends on a language: prepared text, tokens, writing systems, word lists, plurals."""
