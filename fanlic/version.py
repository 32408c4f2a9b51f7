"""The version of fanlic: in a file of its own, so that every part can name it without importing the lab."""

__version__ = "0.1.0"
