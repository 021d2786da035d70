"""Policies out of the catalogue: suggested from verdicts, and held against the server that they are for."""
