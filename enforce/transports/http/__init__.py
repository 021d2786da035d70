"""The gate over HTTP: a strict parser below, the protocol's rules above."""
