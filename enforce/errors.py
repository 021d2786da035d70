"""The base error of the gate, and that of all for which what it keeps cannot be used."""


class EnforceError(Exception):
    """Base of everything that the gate raises on purpose."""


class StateFailed(EnforceError):
    """Something that the gate keeps can be neither read nor written; `fault` says why, in words."""

    #: What cannot be done, to stand before the fault.
    what = "the state cannot be used"

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.what}: {self.fault}"
