"""`python -m app` is `treadle`."""

from app.cli import main

main()
