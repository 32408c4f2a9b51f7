"""What preflight judges before anything is mailed or started."""
