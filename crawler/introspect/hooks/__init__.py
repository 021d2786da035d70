"""Programs that run inside the sandbox, around a server or in it."""
