"""One night's articles by row, and which of them have the same or nearly the same text."""
