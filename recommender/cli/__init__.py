"""The commands `recommend` and `recommender`: what they print, and their exit codes."""
