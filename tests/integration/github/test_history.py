"""Reading what was said in a repository before, from the playground over real HTTP."""

from datetime import timedelta

import pytest

from app.domain.history import FileAt
from app.github import history
from playground.faults import Fault
from tests.integration.github.conftest import FILES, Scene


def said(scene: Scene, count: int) -> list[int]:
    """Writes comments, a second apart; returns their ids."""
    world = scene.world
    found = []
    for number in range(count):
        world.clock.advance(1)
        found.append(world.create_comment(scene.person("pat"), scene.issue, f"{number}").id)
    return found


def test_comments_come_by_their_last_change(scene: Scene) -> None:
    first, second, third = said(scene, 3)
    scene.world.clock.advance(1)
    scene.world.edit_comment(scene.person("pat"), scene.world.comment(first), "again")
    page = scene.github.history(scene.repository).comments(None)
    assert [one.comment.id for one in page.comments] == [second, third, first]
    assert {one.number for one in page.comments} == {scene.issue.number}
    assert (page.more, page.pages) == (False, 1)
    changed = page.comments[-1]
    assert changed.updated_at - changed.comment.created_at == timedelta(seconds=3)
    later = scene.github.history(scene.repository).comments(changed.updated_at)
    assert [one.comment.id for one in later.comments] == [first]


def test_pages_are_counted(scene: Scene) -> None:
    said(scene, 201)
    github = scene.github.history(scene.repository)
    pages = [github.comments(None, number) for number in (1, 2, 3)]
    assert [len(page.comments) for page in pages] == [100, 100, 1]
    assert [(page.more, page.pages) for page in pages] == [(True, 3), (True, 2), (False, 1)]


def test_a_question_comes_with_its_older_texts(scene: Scene) -> None:
    world, pat = scene.world, scene.person("pat")
    kept, gone = said(scene, 2)
    world.edit_comment(pat, world.comment(kept), "second")
    world.edit_comment(pat, world.comment(kept), "third")
    page = scene.github.history(scene.repository).comments(None)
    nodes = {one.comment.id: one.comment.node_id for one in page.comments}
    world.delete_comment(pat, world.comment(gone))
    found, missing = scene.github.history(scene.repository).questions(
        [(kept, nodes[kept]), (gone, nodes[gone])]
    )
    assert missing is None
    assert found is not None
    assert (found.author.login, found.author.is_bot) == ("pat", False)
    assert (found.number, list(found.texts)) == (scene.issue.number, ["third", "second", "0"])


def test_files_are_as_they_were(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "FILES", 2)
    world, olivia = scene.world, scene.person("olivia")
    old = world.resolve(scene.place).sha
    changes = {"README.md": b"New\r\nlines\n", "binary": b"\0\1text", "latin": b"caf\xe9"}
    new = world.commit_files(olivia, scene.place, changes, message="Change").sha
    places = {
        FileAt(old, "README.md"): FILES["README.md"].decode(),
        FileAt(new, "README.md"): "New\nlines\n",
        FileAt(new, "binary"): "text",
        FileAt(new, "latin"): "caf\ufffd",
        FileAt(new, "docs/large.md"): FILES["docs/large.md"].decode(),
    }
    absent = [FileAt(new, "absent.md"), FileAt("0" * 40, "README.md"), FileAt(new, "docs")]
    found = scene.github.history(scene.repository).files([*places, *absent])
    assert found == places


def test_without_graphql_rest_tells_what_it_can(scene: Scene) -> None:
    world, [asked] = scene.world, said(scene, 1)
    world.edit_comment(scene.person("pat"), world.comment(asked), "as it is now")
    world.faults.add(Fault(kind="status", path="^/graphql", status=404, times=10))
    past = scene.github.history(scene.repository)
    found, missing = past.questions([(asked, "N1"), (1, "N2")])
    assert missing is None
    assert found is not None
    assert (found.number, list(found.texts)) == (scene.issue.number, ["as it is now"])
    sha = world.resolve(scene.place).sha
    places = [FileAt(sha, "README.md"), FileAt(sha, "absent")]
    assert past.files(places) == {places[0]: FILES["README.md"].decode()}
