"""What Docker reads and prints, read once for everybody: the sandbox, preflight, triage and the notebooks' run builder.

Every reader turns a text into the same value, a `container.Container`, and into `problem.Problem`s; each face words the
problems itself. Whatever the text, a reader returns and raises nothing, and its time grows with the text's length only.

- `shell`: the words of a typed line in sh, PowerShell, cmd and Git Bash, and words quoted for them.
- `command`, `values`, `run`: Docker's command line, the values of its options, and what Docker refuses about them; the
  container that a `docker run` makes, and the line written back.
- `yaml`, `compose`: a compose file; a service written back.
- `inspect`: `docker inspect`, whole or cut off, and what its templates print.
- `ps`: the lists of containers and ports, as tables and as JSON.

Standard library only, for it ships in `fanlic.pyz`; the law of imports holds it below everything but itself.
"""
