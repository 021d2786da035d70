"""The record of every decision: a chain of lines in which no edit, gap or reordering goes unseen."""
