"""The lab's page in a browser: for a projector, and for people who have no Jupyter."""
