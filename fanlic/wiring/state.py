"""What is in an authorization server's folder, for the command `fanlic journal`."""

from fanlic.adapters.folder_state import StateRefused, show, verify

__all__ = ["StateRefused", "show", "verify"]
