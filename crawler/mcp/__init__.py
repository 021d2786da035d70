"""The Model Context Protocol on the wire, in both of its eras."""
