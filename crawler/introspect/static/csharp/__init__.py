"""C#, read for the attributes and literals with which its SDK registers tools."""
