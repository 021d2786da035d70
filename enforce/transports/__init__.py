"""The byte streams on both sides of the gate."""
