"""The shop window: what pages say, how they are printed, found and followed, and how a site is put in place."""
