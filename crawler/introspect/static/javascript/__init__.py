"""JavaScript and TypeScript, read symbolically: statements are followed as they would run, and nothing runs."""
