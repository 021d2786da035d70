"""Releases and archives: fetched, checked, read and installed, without running any of them."""
