"""The neighbour graph: rescored neighbours, and the communities in it."""
