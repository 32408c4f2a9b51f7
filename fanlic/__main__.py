"""`python -m fanlic`."""

from fanlic.cli import main

raise SystemExit(main())
