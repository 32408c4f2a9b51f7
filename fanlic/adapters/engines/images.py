"""The images of the sandbox: loaded from an archive, found by name, unpacked for a container."""

from __future__ import annotations

import io
from pathlib import Path

from fanlic.adapters.archive_reader import read
from fanlic.adapters.engines.records import Loaded, SandboxState, write_whole
from fanlic.adapters.layers import APPLICATION, LoadedLayer, extract, read_stored
from fanlic.adapters.tarball import write_tar


class Images:
    """Keeps what each layer has below /app once, by the layer's digest, below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, state: SandboxState, path: Path) -> list[str]:
        """Load every image of an archive and say so; ArchiveRefused or OSError: nothing loaded."""
        said = []
        for image in read(path).images:
            for layer in image.layers:
                write_whole(self._file(layer.digest), _application(layer))
            for name in image.names:
                said += _take_name(state, name, image.id)
            said += [f"Loaded image: {name}" for name in image.names]
            state.images[image.id] = Loaded(
                names=list(image.names),
                settings=dict(image.settings),
                layers=[layer.digest for layer in image.layers],
                size=sum(layer.size for layer in image.layers),
            )
        return said

    def extract(self, image: Loaded, into: Path) -> None:
        """Write the image's files below `into`."""
        for digest in image.layers:
            extract(read_stored(self._file(digest)), into)

    def _file(self, digest: str) -> Path:
        return self._folder / f"{digest}.tar"


def _application(layer: LoadedLayer) -> bytes:
    """A tar of what the layer has below /app, which is all that the sandbox needs."""
    files = {name: entry for name, entry in layer.files.items() if name.startswith(f"{APPLICATION}/")}
    stream = io.BytesIO()
    secrets = [name for name, (mode, _data) in files.items() if not mode & 0o077]
    write_tar(stream, {name: data for name, (_mode, data) in files.items()}, secrets)
    return stream.getvalue()


def _take_name(state: SandboxState, name: str, new_id: str) -> list[str]:
    """Take a name from the image that has it; an older image stays without a name."""
    for old_id, old in state.images.items():
        if name in old.names and old_id != new_id:
            old.names.remove(name)
            renaming = f"renaming the old one with ID sha256:{old_id} to empty string"
            return [f"The image {name} already exists, {renaming}"]
    return []
