"""Tool lists read from source code that is never run; one file a language."""
