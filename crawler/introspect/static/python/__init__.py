"""Python, read symbolically: its statements are followed as they would run, and nothing runs."""
