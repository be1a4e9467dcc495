"""Each failure of GitHub's and the error that it becomes."""

import time

import httpx
import pytest

from app.errors import ConfigError, GoneError, RateLimited, TransientError
from app.github.errors_of import DEFAULT_WAIT, BadRequest
from tests.unit.github.hub import REPOSITORY, Answer, Hub, answer, client

PATH = "GET /repos/octo/loom/issues/comments/1"
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait."}

CASES = [
    pytest.param(answer(status=500), TransientError, id="500"),
    pytest.param(answer(status=502), TransientError, id="502"),
    pytest.param(answer(status=503), TransientError, id="503"),
    pytest.param(answer(status=504), TransientError, id="504"),
    pytest.param(answer(status=599), TransientError, id="599"),
    pytest.param(answer(status=408), TransientError, id="408"),
    pytest.param(answer(status=409), TransientError, id="409"),
    pytest.param(httpx.Response(502, text="<html>"), TransientError, id="a proxy's page"),
    pytest.param(httpx.Response(200, text="<html>"), TransientError, id="not JSON"),
    pytest.param(answer({"id": 1}), TransientError, id="fields missing"),
    pytest.param(answer([]), TransientError, id="a list"),
    pytest.param(httpx.ConnectError("refused"), TransientError, id="refused"),
    pytest.param(httpx.ReadError("reset"), TransientError, id="reset"),
    pytest.param(httpx.RemoteProtocolError("cut"), TransientError, id="cut"),
    pytest.param(httpx.ReadTimeout("slow"), TransientError, id="slow"),
    pytest.param(httpx.ConnectTimeout("slow"), TransientError, id="slow to connect"),
    pytest.param(httpx.TooManyRedirects("round"), TransientError, id="redirects"),
    pytest.param(answer(status=404), GoneError, id="404"),
    pytest.param(answer(status=410), GoneError, id="410"),
    pytest.param(answer(status=451), GoneError, id="451"),
    pytest.param(answer(status=401), GoneError, id="401"),
    pytest.param(
        answer({"message": "This installation has been suspended"}, 403), GoneError, id="suspended"
    ),
    pytest.param(answer(status=422), BadRequest, id="422"),
    pytest.param(answer(status=400), BadRequest, id="400"),
]


def raised(given: Answer) -> Exception:
    hub = Hub({PATH: given})
    with pytest.raises(Exception) as caught:
        client(hub).comment(REPOSITORY, 1)
    # A refused token is tried once more with a fresh one; nothing else is sent twice.
    refused = isinstance(given, httpx.Response) and given.status_code == 401
    assert len(hub.requests) == (2 if refused else 1)
    return caught.value


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_failures(given: Answer, expected: type[Exception]) -> None:
    assert type(raised(given)) is expected


LIMITED = [
    pytest.param(answer(status=429, retry_after="7"), 7.0, id="429"),
    pytest.param(answer(SECONDARY, 403, retry_after="30"), 30.0, id="403"),
    pytest.param(answer(SECONDARY, 403), DEFAULT_WAIT, id="403 without a time"),
    pytest.param(answer(status=429), DEFAULT_WAIT, id="429 without a time"),
    pytest.param(answer(status=503, retry_after="5"), 5.0, id="503 with a time"),
]


@pytest.mark.parametrize(("given", "seconds"), LIMITED)
def test_limits(given: httpx.Response, seconds: float) -> None:
    error = raised(given)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_the_primary_limit_waits_until_its_reset() -> None:
    reset = str(int(time.time()) + 90)
    headers = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": reset}
    error = raised(answer({"message": "API rate limit exceeded"}, 403, **headers))
    assert isinstance(error, RateLimited)
    assert 80 < error.retry_after <= 90


def test_a_wait_that_is_no_number_is_a_fault_that_passes() -> None:
    error = raised(answer(status=503, retry_after="Fri, 20 Nov 2026 12:00:00 GMT"))
    assert type(error) is TransientError


def test_a_limit_whose_wait_is_no_number_is_a_limit() -> None:
    error = raised(answer(status=429, retry_after="Fri, 20 Nov 2026 12:00:00 GMT"))
    assert isinstance(error, RateLimited)
    assert error.retry_after == DEFAULT_WAIT


TOKEN = [
    pytest.param(answer(status=404), GoneError, id="uninstalled"),
    pytest.param(answer(status=403), GoneError, id="suspended"),
    pytest.param(answer(status=401), ConfigError, id="key not accepted"),
    pytest.param(answer(status=502), TransientError, id="502"),
    pytest.param(answer(status=429, retry_after="9"), RateLimited, id="limited"),
    pytest.param(httpx.ConnectError("refused"), TransientError, id="refused"),
]


@pytest.mark.parametrize(("given", "expected"), TOKEN)
def test_failures_of_the_token_count_alike(given: Answer, expected: type[Exception]) -> None:
    hub = Hub()
    hub.token_answer = given
    with pytest.raises(expected) as caught:
        client(hub).comment(REPOSITORY, 1)
    assert type(caught.value) is expected
    assert hub.requests == []


def test_messages_name_the_request_and_quote_no_answer() -> None:
    error = raised(answer({"message": "hunter2"}, 410))
    assert str(error) == "GET /repos/octo/loom/issues/comments/1: status 410"
