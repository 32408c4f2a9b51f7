"""What stands in for cryptography and zxing-cpp where they cannot be had: in a browser."""
