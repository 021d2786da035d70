"""The MCP clients on this machine: where each keeps its configuration, and how to read and change it."""
