"""Checks of all that answering needs: for `treadle doctor` and for the page that sets up.

A check changes nothing. It takes a bounded time and a bounded number of requests, tells what it
found in words for a maintainer, and says what mends a fault.
"""

from app.checks.finding import Finding, State
from app.checks.onboarding import Onboarding

__all__ = ["Finding", "Onboarding", "State"]
