"""The catalogue as an MCP server, for agents that want to know before they call."""
