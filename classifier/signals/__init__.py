"""Risk signals: one probe, one file, one question, one quoted piece of evidence."""
