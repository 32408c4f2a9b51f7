"""The faces on the web: small Flask applications, each made by a `create_app` from a service."""
