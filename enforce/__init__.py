"""What may be called: the policy language, the decision, and the proxy that holds servers to it."""
