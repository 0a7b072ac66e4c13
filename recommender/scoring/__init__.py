"""Pure functions that score pairs of texts and rank lists, for the build and for serving."""
