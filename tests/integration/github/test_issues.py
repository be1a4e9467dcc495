"""Issues of the App's own against a playground: opened, written, read with their history."""

import pytest

from app.domain import Issue
from app.errors import GoneError
from app.github.errors_of import BadRequest
from playground.values import Issue as Shown
from tests.integration.github.conftest import Scene


def opened(scene: Scene, body: str = "First.") -> Issue:
    return scene.github.open_issue(scene.repository, "What was learned", body)


def shown(scene: Scene, issue: Issue) -> Shown:
    return scene.world.issue(scene.place, issue.number)


def test_an_issue_is_opened_written_and_read(scene: Scene) -> None:
    issue = opened(scene)
    assert scene.github.issue(scene.repository, issue.node_id) == issue
    assert (issue.body, issue.closed, issue.edits) == ("First.", False, ())
    scene.github.write_issue(scene.repository, issue.number, "Second.")
    scene.world.edit_issue(scene.person("walt"), shown(scene, issue), body="Third.", state="closed")
    found = scene.github.issue(scene.repository, issue.node_id)
    assert (found.number, found.url, found.closed) == (issue.number, issue.url, True)
    assert [(edit.body, edit.by.login, edit.by.is_bot) for edit in found.edits] == [
        ("First.", "treadle", True),
        ("Second.", "treadle", True),
        ("Third.", "walt", False),
    ]
    assert len({edit.id for edit in found.edits}) == 3


def test_a_long_history_is_read_as_far_back_as_it_is_wanted(scene: Scene) -> None:
    issue = opened(scene, "0")
    for number in range(1, 130):
        scene.world.edit_issue(scene.person("walt"), shown(scene, issue), body=str(number))
    whole = scene.github.issue(scene.repository, issue.node_id)
    assert [edit.body for edit in whole.edits] == [str(number) for number in range(130)]
    page = scene.github.issue(scene.repository, issue.node_id, whole.edits[60].id)
    assert [edit.body for edit in page.edits] == [str(number) for number in range(30, 130)]
    early = scene.github.issue(scene.repository, issue.node_id, whole.edits[3].id)
    assert early == whole


def test_our_own_are_told_from_those_of_others(scene: Scene) -> None:
    first, second = opened(scene), opened(scene, "Another.")
    scene.world.create_issue(scene.person("walt"), scene.place, "Mine", "First.")
    scene.world.edit_issue(scene.person("walt"), shown(scene, first), state="closed")
    found = scene.github.own_issues(scene.repository)
    assert [(one.number, one.body, one.closed) for one in found] == [
        (second.number, "Another.", False),
        (first.number, "First.", True),
    ]


def test_one_that_was_deleted_is_gone(scene: Scene) -> None:
    issue = opened(scene)
    scene.world.delete_issue(scene.person("olivia"), shown(scene, issue))
    with pytest.raises(GoneError):
        scene.github.issue(scene.repository, issue.node_id)


def test_one_that_was_transferred_is_gone(scene: Scene) -> None:
    issue = opened(scene)
    target = scene.world.create_repository("olivia", "elsewhere")
    scene.world.transfer_issue(scene.person("olivia"), shown(scene, issue), target)
    with pytest.raises(GoneError):
        scene.github.issue(scene.repository, issue.node_id)


def test_a_text_that_is_too_long_is_our_bug(scene: Scene) -> None:
    with pytest.raises(BadRequest):
        opened(scene, "x" * 65_537)
