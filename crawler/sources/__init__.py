"""Where servers are listed; one file a source."""
