"""Rust, read for the macros and literals with which its SDKs register tools."""
