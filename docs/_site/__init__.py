"""What makes the published site: `docs/build.py` runs it; each module writes one kind of page into `build/docs`."""
