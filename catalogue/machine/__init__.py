"""What is configured on this machine: read, looked up, weighed together, and put behind the gate."""
