"""Snapshots as each published format wrote them, and what they must go on answering.

`format-N/` is an artifacts folder that `python -m tests.golden.make FOLDER` made when N was the
current format. It is never made again: a reader that is changed has to read what older versions
wrote, or refuse it with a sentence that says what to do. `expected.json` holds the answers that
the version which made the folder gave.
"""
