"""Go, read for the literals with which its SDKs register tools."""
