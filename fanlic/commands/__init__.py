"""Commands of the command line that are too big for one file: each module has `options(parser)` and `run(chosen)`."""
