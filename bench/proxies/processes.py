"""What a process takes: resident memory, and the most that it took since a moment."""

from pathlib import Path


def resident(pid: int) -> float:
    """Resident megabytes."""
    return _field(pid, "VmRSS:")


def forget_peak(pid: int) -> None:
    """Count the most that is resident from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak(pid: int) -> float:
    """The most megabytes that were resident since the last `forget_peak`."""
    return _field(pid, "VmHWM:")


def _field(pid: int, name: str) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().partition(name)[2].split()[0]) / 1024
