"""How a server's real tool list is obtained, the least intrusive way first."""
