"""The one base error of the catalogue, and that of its files of lines."""


class CatalogueError(Exception):
    """Base of everything that the catalogue raises on purpose."""


class BadLine(CatalogueError):
    """A line of a file that cannot be taken over."""

    def __init__(self, number: int, fault: str) -> None:
        super().__init__(number, fault)
        self.number = number
        self.fault = fault

    def __str__(self) -> str:
        return f"line {self.number}: {self.fault}"
