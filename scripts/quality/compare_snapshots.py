"""Say whether two snapshots hold the same: every array, string table and JSON file, byte by byte.

Usage: python scripts/quality/compare_snapshots.py SNAPSHOT OTHER

Nothing of the package is imported, so that snapshots of different versions, and formats, can be
compared: arrays are read by NumPy, and what stamps a file as its snapshot's is left out.
"""
