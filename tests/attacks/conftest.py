"""One server for a whole module of attacks: it has to live through all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.attacks.target import Target
from tests.system.test_serve import Container, layer, serving


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    container = Container(tmp_path_factory.mktemp("attacked"), layer())
    with serving(container) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=process.stdout.read, daemon=True)  # nobody's pipe must fill up
        reader.start()
        yield Target(container, process.pid)
        process.kill()
        reader.join(5)
