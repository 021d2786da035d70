"""Tricks played on the model through a definition: one probe a trick."""
