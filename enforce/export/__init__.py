"""A policy in the words of another client or gateway, with what those words cannot say."""
