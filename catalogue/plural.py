"""A number with its noun, as people read it."""


def plural(number: int, noun: str, many: str = "") -> str:
    """`1 tool`, `2 tools`, `3 categories`; thousands are set apart by a narrow space."""
    shown = f"{number:,}".replace(",", "\u202f")
    return f"{shown} {noun if number == 1 else many or noun + 's'}"
