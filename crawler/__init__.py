"""What MCP servers say of themselves: where they are listed and which tools they offer."""
