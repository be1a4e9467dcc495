"""Acting on the world without HTTP: what the pages rest on."""

import pytest

from playground.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from playground.values import Comment, Issue
from playground.world import World


@pytest.fixture
def world() -> World:
    """olivia/loom with issue 1 by pat and a comment by quin."""
    world = World()
    for login in ("olivia", "pat", "quin"):
        world.create_user(login)
    loom = world.create_repository("olivia", "loom", files={"a.md": b"one\n"})
    issue = world.create_issue(world.person("pat"), loom, "T", "body")
    world.create_comment(world.person("quin"), issue, "first")
    return world


def issue_of(world: World) -> Issue:
    """Issue 1."""
    return world.issue(world.find_repository("olivia", "loom"), 1)


def comment_of(world: World) -> Comment:
    """Its comment."""
    return world.comments.of(issue_of(world).id)[0]


def test_editing_with_the_same_text_is_no_edit(world: World) -> None:
    quin = world.person("quin")
    assert world.edit_comment(quin, comment_of(world), "first").revisions == ()
    edited = world.edit_comment(quin, comment_of(world), "second")
    assert [r.body for r in edited.revisions] == ["first", "second"]
    assert edited.revisions[0].edited_at == edited.created_at


def test_only_past_content_can_be_deleted(world: World) -> None:
    quin = world.person("quin")
    edited = world.edit_comment(quin, comment_of(world), "second")
    with pytest.raises(NotFound):
        world.delete_revision(quin, edited, edited.revisions[-1].id)
    with pytest.raises(Forbidden):
        world.delete_revision(world.person("pat"), edited, edited.revisions[0].id)
    kept = world.delete_revision(world.person("olivia"), edited, edited.revisions[0].id)
    assert (kept.revisions[0].body, kept.revisions[0].editor_id) == (
        None, world.account("quin").id,
    )  # fmt: skip
    assert kept.body == "second"


def test_hiding_needs_a_reason_and_a_right(world: World) -> None:
    comment = comment_of(world)
    with pytest.raises(Forbidden):
        world.minimize(world.person("pat"), comment, "spam")
    with pytest.raises(Invalid):
        world.minimize(world.person("olivia"), comment, "boring")
    hidden = world.minimize(world.person("olivia"), comment, "outdated")
    assert hidden.minimized is not None and hidden.minimized.reason == "outdated"
    assert world.unminimize(world.person("olivia"), hidden).minimized is None


def test_reacting_twice_is_reacting_once(world: World) -> None:
    pat, comment = world.person("pat"), comment_of(world)
    first, new = world.react(pat, comment, "+1")
    again, repeated = world.react(pat, comment, "+1")
    assert (first, new, repeated) == (again, True, False)
    world.unreact(pat, comment, "+1")
    with pytest.raises(NotFound):
        world.unreact(pat, comment, "+1")
    later, _ = world.react(pat, comment, "+1")
    assert later.id > first.id


def test_a_deleted_thread_takes_everything_along(world: World) -> None:
    olivia = world.person("olivia")
    issue, comment = issue_of(world), comment_of(world)
    world.react(olivia, issue, "eyes")
    world.react(olivia, comment, "eyes")
    with pytest.raises(Forbidden):
        world.delete_issue(world.person("pat"), issue)
    world.delete_issue(olivia, issue)
    assert (len(world.issues), len(world.comments), len(world.reactions)) == (0, 0, 0)
    with pytest.raises(Gone):
        issue_of(world)
    with pytest.raises(NotFound):
        world.edit_comment(olivia, comment, "late")
    with pytest.raises(NotFound):
        world.react(olivia, comment, "+1")
    with pytest.raises(NotFound):
        world.create_comment(olivia, issue, "late")
    with pytest.raises(NotFound):
        world.edit_issue(olivia, issue, title="late")


def test_a_transferred_issue_takes_its_comments_along(world: World) -> None:
    olivia = world.person("olivia")
    comment = comment_of(world)
    target = world.create_repository("olivia", "other")
    world.create_issue(olivia, target, "Already here")
    moved = world.transfer_issue(olivia, issue_of(world), target)
    assert (moved.number, moved.repository_id) == (2, target.id)
    assert [c.id for c in world.comments.of(moved.id)] == [comment.id]
    with pytest.raises(Gone):
        issue_of(world)


def test_a_file_is_replaced_only_by_who_knows_it(world: World) -> None:
    olivia, loom = world.person("olivia"), world.find_repository("olivia", "loom")
    sha = world.resolve(loom).files["a.md"]
    with pytest.raises(Invalid):
        world.put_file(olivia, loom, "a.md", b"two\n", message="m")
    with pytest.raises(Conflict):
        world.put_file(olivia, loom, "a.md", b"two\n", message="m", sha="0" * 40)
    commit = world.put_file(olivia, loom, "a.md", b"two\n", message="m", sha=sha)
    assert world.resolve(loom).sha == commit.sha
    assert world.resolve(loom, commit.sha[:7]).sha == commit.sha
    assert world.resolve(loom, commit.parents[0]).files["a.md"] == sha
    with pytest.raises(NotFound):
        world.resolve(loom, "nowhere")
    with pytest.raises(NotFound):
        world.delete_file(olivia, loom, "b.md", message="m", sha=sha)


def test_names_are_taken_once(world: World) -> None:
    with pytest.raises(Invalid):
        world.create_repository("olivia", "LOOM")
    assert world.create_user("PAT") == "ghp_PAT"
    assert world.account("PAT").login == "pat"
    with pytest.raises(NotFound):
        world.person("nobody")
