"""Faults between GitHub and us, as the playground makes them: told apart, nothing sent twice."""

import pytest

from app.errors import RateLimited, TransientError
from app.github.client import connect
from playground.faults import Fault
from playground.payloads.threads import comment_node
from tests.integration.github.conftest import Scene, settings_of

COMMENTS = r"/issues/\d+/comments$"


def bodies(scene: Scene) -> list[str]:
    return [comment.body for comment in scene.world.comments]


def post(scene: Scene) -> None:
    scene.github.post(scene.repository, scene.issue.number, "Hello")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_passes_and_nothing_is_sent_again(scene: Scene, status: int) -> None:
    fault = Fault(kind="status", status=status, path=COMMENTS, method="POST")
    scene.world.faults.add(fault)
    with pytest.raises(TransientError):
        post(scene)
    assert bodies(scene) == []
    assert len(scene.world.faults.taken) == 1
    post(scene)
    assert bodies(scene) == ["Hello"]


@pytest.mark.parametrize("kind", ["secondary", "limited"])
def test_limits_say_how_long_to_wait(scene: Scene, kind: str) -> None:
    scene.world.faults.add(Fault(kind=kind, path=COMMENTS, retry_after=7))  # type: ignore[arg-type]
    with pytest.raises(RateLimited) as caught:
        post(scene)
    assert caught.value.retry_after == 7.0
    assert bodies(scene) == []


@pytest.mark.parametrize(("kind", "said"), [("drop", []), ("drop_after", ["Hello"])])
def test_a_lost_connection_passes_whether_or_not_it_took_effect(
    scene: Scene, kind: str, said: list[str]
) -> None:
    scene.world.faults.add(Fault(kind=kind, path=COMMENTS, method="POST"))  # type: ignore[arg-type]
    with pytest.raises(TransientError):
        post(scene)
    assert bodies(scene) == said


def test_an_answer_that_takes_too_long_is_given_up(scene: Scene) -> None:
    hasty = connect(settings_of(scene.playground).model_copy(update={"github_timeout": 0.2}))
    hasty.head(scene.repository)
    scene.world.faults.add(Fault(kind="delay", path="/commits/", seconds=1.0))
    with pytest.raises(TransientError):
        hasty.head(scene.repository)
    hasty.close()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind="status", status=502, path="access_tokens"), TransientError),
        (Fault(kind="limited", retry_after=3, path="access_tokens"), RateLimited),
        (Fault(kind="drop", path="access_tokens"), TransientError),
    ],
)
def test_faults_of_the_token_count_alike(
    scene: Scene, fault: Fault, expected: type[TransientError]
) -> None:
    fresh = connect(settings_of(scene.playground))
    scene.world.faults.add(fault)
    with pytest.raises(expected):
        fresh.head(scene.repository)
    assert fresh.head(scene.repository)
    fresh.close()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind="status", status=502, path="graphql"), TransientError),
        (Fault(kind="secondary", retry_after=4, path="graphql"), RateLimited),
        (Fault(kind="drop", path="graphql"), TransientError),
    ],
)
def test_faults_of_a_query(scene: Scene, fault: Fault, expected: type[TransientError]) -> None:
    comment = scene.world.create_comment(scene.person("walt"), scene.issue, "Hello")
    scene.world.faults.add(fault)
    with pytest.raises(expected):
        scene.github.snapshots(scene.repository, [comment_node(comment)])
    (snapshot,) = scene.github.snapshots(scene.repository, [comment_node(comment)])
    assert snapshot.body == "Hello"


def test_an_archive_that_fails_passes(scene: Scene) -> None:
    sha = scene.github.head(scene.repository)
    assert sha is not None
    scene.world.faults.add(Fault(kind="status", status=503, path="_codeload"))
    with pytest.raises(TransientError), scene.github.tarball(scene.repository, sha):
        pass
    with scene.github.tarball(scene.repository, sha) as chunks:
        assert b"".join(chunks)
