"""Counts requests to GitHub by kind of API and status, as they come back."""

import httpx

from app.metrics import GITHUB_REQUESTS


class CountedTransport(httpx.BaseTransport):
    """A transport that counts what goes through it."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, and counts it under its status; 0 where no answer came."""
        # A repository may be named so, but nothing is posted to its own address.
        query = request.method == "POST" and request.url.path.endswith("/graphql")
        api = "graphql" if query else "rest"
        status = 0
        try:
            response = self._inner.handle_request(request)
            status = response.status_code
        finally:
            GITHUB_REQUESTS.labels(api=api, status=status).inc()
        return response

    def close(self) -> None:
        """Closes the transport below."""
        self._inner.close()
