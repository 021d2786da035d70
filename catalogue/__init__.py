"""The record of what every server offered and what we thought of it, and the shop window built from it."""
