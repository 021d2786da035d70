"""What a tool can do to the world, judged from its definition alone, and the words that prove it."""
