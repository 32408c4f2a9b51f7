"""Host paths on a real engine: typed ones are moved below the lab's folder, and shown as typed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from fanlic.adapters.engines import values
from fanlic.docker.container import Container, Mapping


class HostPaths:
    """Knows where typed host paths live: below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def directory(self, typed: str) -> Path:
        """Where a host path, as typed in `-v`, really is; Refused where odd."""
        return values.host_directory(self._root, typed)

    def placed(self, container: Container) -> tuple[list[str], dict[str, Path]]:
        """The words of every mapping, below the lab's folder, and what is mapped where; Refused where none is."""
        values.check_mapped_paths(container)
        mounts = {mapping.target: self.directory(mapping.source) for mapping in container.mappings}
        return [self._word(mapping, self.directory(mapping.source)) for mapping in container.mappings], mounts

    def _word(self, mapping: Mapping, path: Path) -> str:
        if mapping.create:
            values.make_host_directory(self._root, mapping.source)
            return f"--volume={path}:{mapping.target}" + (":ro" if mapping.read_only else "")
        fields = ["type=bind", f"source={path}", f"target={mapping.target}", *(["readonly"] * mapping.read_only)]
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(fields)  # a comma in the lab's own folder is no separator
        return f"--mount={text.getvalue()}"

    def as_typed(self, text: str) -> str:
        """What the engine says, with the paths as they were typed."""
        return text.replace(str(self._root), "")
