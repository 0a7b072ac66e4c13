"""All that depends on a language: prepared text, tokens, stop and boilerplate words."""
