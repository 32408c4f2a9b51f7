"""What doctor sees of a running server, and what it concludes."""
