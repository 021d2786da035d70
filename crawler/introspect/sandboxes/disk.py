"""Keeping a run that writes to the machine's own disk from filling it: nothing else bounds many files together."""

import os
from dataclasses import dataclass
from pathlib import Path

#: Bytes and files that are left to everybody else, or half of what there is where that is less.
LEAST_FREE, LEAST_FILES = 2 << 30, 100_000
#: Files and folders that one run may have.
MOST_ENTRIES = 50_000


@dataclass(frozen=True)
class Room:
    """What was left on the disk of a folder at some moment."""

    folder: Path
    bytes: int
    files: int

    @classmethod
    def of(cls, folder: Path) -> "Room":
        """As it is now."""
        status = os.statvfs(folder)
        return cls(folder, status.f_bavail * status.f_frsize, status.f_favail)

    def crowded(self) -> bool:
        """Whether nearly nothing is left by now, and that was not so then."""
        now = Room.of(self.folder)
        few = now.files < min(LEAST_FILES, self.files // 2)
        return few or now.bytes < min(LEAST_FREE, self.bytes // 2)

    def exceeded(self, most: int) -> bool:
        """Whether more than so many bytes, or very many files, came to be in the folder itself since then, or it is crowded."""
        now = Room.of(self.folder)
        much = self.bytes - now.bytes > most or self.files - now.files > MOST_ENTRIES
        # Others write to the disk too, so that only a look into the folder tells who did.
        return self.crowded() or (much and not holds_less(self.folder, most))


def holds_less(folder: Path, most: int) -> bool:
    """Whether there are no more bytes than that in a folder, and not very many files."""
    waiting = [str(folder)]
    entries = total = 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listing:
                for entry in listing:
                    entries += 1
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if total > most or entries > MOST_ENTRIES:
                        return False
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except (FileNotFoundError, PermissionError):
            continue
        except OSError:
            # So deep that nobody can look there.
            return False
    return True
