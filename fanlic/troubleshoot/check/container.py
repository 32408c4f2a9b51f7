"""The directories that preflight speaks of by name."""

from __future__ import annotations

CONFIG, LOG, TLS, WEB = "/app/config", "/app/log", "/app/tls", "/app/web"
TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108 - judged, not used
