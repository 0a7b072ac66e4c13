"""The artifacts folder: where everything lies, which snapshot is current.

artifacts/
├── CURRENT            the name of the published snapshot, one line
├── snapshots/NAME/    immutable snapshots; see snapshot/schema.py
├── removed.json       taken-down ids; see takedowns.py
├── removed.lock       held for the moment in which removed.json is rewritten
├── rejects/TIME.jsonl bad records of the run that started then
├── notes/TIME.jsonl   values that it left out of articles, or changed
├── store.sqlite       the nightly job's memory; see store/
├── nights.jsonl       what every nightly run did; see pipeline/run_log.py
├── candidates.bin     last night's nearest texts, of a large corpus; see knn/cache.py
└── nightly.lock       held while a nightly run works
"""

import re
from dataclasses import dataclass
from pathlib import Path

from recommender.artifacts.atomic import write_atomically
from recommender.errors import NoSnapshot, SnapshotDamaged

__all__ = ["ASIDE_PREFIX", "Artifacts"]

ASIDE_PREFIX = ".writing-"
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The paths inside one artifacts folder, and the pointer to the published snapshot.

    Args:
        root: The folder; it need not exist yet.

    Example:
        >>> Artifacts(Path("artifacts")).pointer
        PosixPath('artifacts/CURRENT')
    """

    root: Path

    @property
    def pointer(self) -> Path:
        """The file whose one line names the published snapshot."""
        return self.root / "CURRENT"

    @property
    def snapshots(self) -> Path:
        """The folder of snapshot folders."""
        return self.root / "snapshots"

    @property
    def removed(self) -> Path:
        """The list of taken-down ids."""
        return self.root / "removed.json"

    @property
    def removed_lock(self) -> Path:
        """Held for the moment in which the list of taken-down ids is rewritten."""
        return self.root / "removed.lock"

    @property
    def rejects(self) -> Path:
        """The folder of reject files."""
        return self.root / "rejects"

    @property
    def notes(self) -> Path:
        """The folder of files that list values which were left out of articles or changed."""
        return self.root / "notes"

    @property
    def store(self) -> Path:
        """The nightly job's database."""
        return self.root / "store.sqlite"

    @property
    def nights(self) -> Path:
        """The record of nightly runs."""
        return self.root / "nights.jsonl"

    @property
    def candidates(self) -> Path:
        """The nearest texts that last night found, of a large corpus."""
        return self.root / "candidates.bin"

    @property
    def lock(self) -> Path:
        """Held by a nightly run or a rollback."""
        return self.root / "nightly.lock"

    def names(self) -> list[str]:
        """List the snapshots.

        Returns:
            Their names, oldest first.
        """
        if not self.snapshots.is_dir():
            return []
        return sorted(p.name for p in self.snapshots.iterdir() if _NAME.fullmatch(p.name))

    def snapshot(self, name: str) -> Path:
        """The folder of a snapshot.

        Args:
            name: Its name.

        Returns:
            The folder, which exists.

        Raises:
            NoSnapshot: There is no snapshot of this name; the message lists those there are.
        """
        if name not in (names := self.names()):
            there = ", ".join(names) or "none"
            raise NoSnapshot(f"{self.snapshots} holds no snapshot {name!r}; there are: {there}")
        return self.snapshots / name

    def current(self) -> str:
        """Read which snapshot is published.

        Returns:
            Its name.

        Raises:
            NoSnapshot: Nothing has been published here.
            SnapshotDamaged: The pointer does not hold a snapshot's name.
        """
        try:
            name = self.pointer.read_text(encoding="utf-8", errors="replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            raise NoSnapshot(
                f"no snapshot is published in {self.root}; "
                f"build one with: recommender nightly SOURCE --artifacts {self.root}"
            ) from None
        except OSError as error:
            raise SnapshotDamaged(f"{self.pointer} cannot be read: {error.strerror}") from error
        # The name becomes part of a path, so only what looks like a snapshot's name passes.
        if not _NAME.fullmatch(name):
            raise SnapshotDamaged(
                f"{self.pointer} should hold the name of a snapshot, but holds {name[:80]!r}; "
                f"choose one with: recommender rollback NAME --artifacts {self.root}"
            )
        return name

    def point_to(self, name: str) -> None:
        """Make a snapshot the published one, in one atomic step.

        Args:
            name: Its name.

        Raises:
            StorageError: The pointer cannot be written.
        """
        write_atomically(self.pointer, f"{name}\n".encode())
