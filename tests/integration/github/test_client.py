"""The client against a playground over real HTTP: tokens, pages, archives, queries."""

import gzip
import io
import tarfile

import pytest

from app.domain import Permission, Repository
from app.errors import ConfigError, GoneError
from app.github.client import connect
from app.github.errors_of import BadRequest
from playground.keys import new_private_key
from playground.payloads.threads import comment_node
from tests.integration.github.conftest import FILES, Scene, settings_of

YML = ".github/treadle.yml"


def test_who_we_are_and_where(scene: Scene) -> None:
    assert scene.github.login == "treadle[bot]"
    assert scene.repository == Repository(
        id=scene.place.id,
        owner="olivia",
        name="loom",
        installation_id=scene.installation.id,
        default_branch="main",
    )


def test_a_thread_of_more_than_a_hundred_comments(scene: Scene) -> None:
    for number in range(103):
        scene.world.create_comment(scene.person("walt"), scene.issue, f"Comment {number}")
    thread = scene.github.thread(scene.repository, scene.issue.number)
    assert [comment.body for comment in thread.comments] == [f"Comment {n}" for n in range(103)]
    assert (thread.title, thread.body, thread.author.login) == ("It breaks", "Always.", "pat")


def test_posting_reacting_and_reading_back(scene: Scene) -> None:
    asked = scene.world.create_comment(scene.person("pat"), scene.issue, "/question why?")
    scene.github.react(scene.repository, asked.id, "eyes")
    scene.github.react(scene.repository, asked.id, "eyes")
    posted = scene.github.post(scene.repository, scene.issue.number, "Because.")
    assert (posted.app_id, posted.author.is_bot) == (scene.playground.app_id, True)
    assert posted.author.login == scene.github.login
    assert scene.github.comment(scene.repository, posted.id) == posted
    (snapshot,) = scene.github.snapshots(scene.repository, [comment_node(asked)])
    assert [reaction.content for reaction in snapshot.reactions] == ["eyes"]


def test_a_body_that_is_too_long_is_our_bug(scene: Scene) -> None:
    with pytest.raises(BadRequest):
        scene.github.post(scene.repository, scene.issue.number, "x" * 65_537)


def test_a_deleted_comment_and_thread_are_gone(scene: Scene) -> None:
    comment = scene.world.create_comment(scene.person("pat"), scene.issue, "Hello")
    scene.world.delete_comment(scene.person("pat"), comment)
    with pytest.raises(GoneError):
        scene.github.comment(scene.repository, comment.id)
    scene.world.delete_issue(scene.person("olivia"), scene.issue)
    with pytest.raises(GoneError):
        scene.github.thread(scene.repository, scene.issue.number)
    with pytest.raises(GoneError):
        scene.github.post(scene.repository, scene.issue.number, "Too late")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("olivia", Permission.ADMIN),
        ("mia", Permission.MAINTAIN),
        ("walt", Permission.WRITE),
        ("tess", Permission.TRIAGE),
        ("pat", Permission.READ),
        ("nobody", Permission.NONE),
    ],
)
def test_permissions(scene: Scene, login: str, expected: Permission) -> None:
    assert scene.github.permission(scene.repository, login) is expected


def test_a_custom_role_counts_as_the_one_it_is_built_on(scene: Scene) -> None:
    scene.world.set_role(scene.place, "pat", "write", role_name="release-crew")
    assert scene.github.permission(scene.repository, "pat") is Permission.WRITE


def test_files(scene: Scene) -> None:
    github, repository = scene.github, scene.repository
    assert github.file(repository, YML) == FILES[YML]
    assert github.file(repository, ".github") is None
    assert github.file(repository, "missing.md") is None
    large = github.file(repository, "docs/large.md")
    assert large == FILES["docs/large.md"][: 1024 * 1024]
    assert github.organisation_file(repository, YML) is None
    scene.world.create_repository("olivia", ".github", files={YML: b"name: Loomis\n"})
    assert github.organisation_file(repository, YML) == b"name: Loomis\n"


def test_the_head_and_its_archive(scene: Scene) -> None:
    sha = scene.github.head(scene.repository)
    assert sha is not None
    with scene.github.tarball(scene.repository, sha) as chunks:
        data = b"".join(chunks)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(FILES) <= names


def test_an_empty_repository_has_no_head(scene: Scene) -> None:
    scene.world.create_repository("olivia", "empty")
    empty = scene.github.repository("olivia", "empty")
    assert scene.github.head(empty) is None
    assert scene.github.file(empty, YML) is None


def test_a_private_repositorys_archive(scene: Scene) -> None:
    scene.world.create_repository("olivia", "secret", files={"a.md": b"a\n"}, private=True)
    secret = scene.github.repository("olivia", "secret")
    assert secret.private
    sha = scene.github.head(secret)
    assert sha is not None
    with scene.github.tarball(secret, sha) as chunks:
        assert gzip.decompress(b"".join(chunks))


def test_a_renamed_repository_is_found_by_its_new_name(scene: Scene) -> None:
    scene.world.update_repository(scene.person("olivia"), scene.place, name="heddle")
    assert scene.github.repository("olivia", "heddle").id == scene.repository.id


def test_a_repository_without_the_app_is_gone(scene: Scene) -> None:
    scene.world.create_user("zoe")
    scene.world.create_repository("zoe", "other", files={"a.md": b"a\n"})
    with pytest.raises(GoneError):
        scene.github.repository("zoe", "other")


def test_a_suspended_installation_is_gone_until_it_is_back(scene: Scene) -> None:
    world, installation = scene.world, scene.installation
    assert scene.github.head(scene.repository)
    world.suspend(installation.id, by="olivia")
    with pytest.raises(GoneError):
        scene.github.head(scene.repository)
    with pytest.raises(GoneError):
        scene.github.snapshots(scene.repository, ["IC_1"])
    with pytest.raises(GoneError):
        scene.github.repository("olivia", "loom")
    world.unsuspend(installation.id)
    assert scene.github.head(scene.repository)


def test_a_removed_installation_is_gone(scene: Scene) -> None:
    assert scene.github.head(scene.repository)
    scene.world.uninstall(scene.installation.id)
    with pytest.raises(GoneError):
        scene.github.head(scene.repository)
    with pytest.raises(GoneError):
        scene.github.permission(scene.repository, "pat")


def test_a_token_that_ran_out_is_replaced(scene: Scene) -> None:
    assert scene.github.head(scene.repository)
    for token in list(scene.world.tokens):
        if token.installation_id is not None:
            scene.world.tokens.drop(token.value)
    posted = scene.github.post(scene.repository, scene.issue.number, "Once")
    assert [comment.id for comment in scene.world.comments] == [posted.id]


def test_another_apps_key_is_a_wrong_setting(scene: Scene) -> None:
    settings = settings_of(scene.playground).model_copy(update={"private_key_file": None})
    stranger = connect(
        type(settings).model_validate({**settings.model_dump(), "private_key": new_private_key()})
    )
    with pytest.raises(ConfigError, match="does not accept the App's key"):
        stranger.repository("olivia", "loom")
    stranger.close()


class TestSnapshots:
    def test_what_people_do_to_a_reply(self, scene: Scene) -> None:
        world, github = scene.world, scene.github
        posted = github.post(scene.repository, scene.issue.number, "First")
        reply = world.comment(posted.id)
        for login, content in (("walt", "+1"), ("pat", "-1"), ("tess", "confused")):
            world.react(scene.person(login), reply, content)
        world.edit_comment(scene.person("mia"), reply, "Second")
        world.edit_comment(scene.person("walt"), reply, "Third")
        world.minimize(scene.person("walt"), world.comment(posted.id), "outdated")
        (snapshot,) = github.snapshots(scene.repository, [posted.node_id])
        assert (snapshot.exists, snapshot.body) == (True, "Third")
        assert snapshot.last_edited_at is not None
        assert snapshot.minimized_reason == "outdated"
        assert [(one.person.login, one.content) for one in snapshot.reactions] == [
            ("walt", "+1"),
            ("pat", "-1"),
            ("tess", "confused"),
        ]
        assert [(one.editor and one.editor.login, one.body) for one in snapshot.revisions][1:] == [
            ("mia", "Second"),
            ("walt", "Third"),
        ]
        first = snapshot.revisions[0]
        assert first.body == "First"
        assert first.editor is not None and first.editor.is_bot
        assert first.editor.id == posted.author.id

    def test_a_removed_reaction_and_a_deleted_version(self, scene: Scene) -> None:
        world, github = scene.world, scene.github
        posted = github.post(scene.repository, scene.issue.number, "First")
        walt, reply = scene.person("walt"), world.comment(posted.id)
        world.react(walt, reply, "heart")
        world.unreact(walt, reply, "heart")
        world.edit_comment(walt, reply, "Second")
        edited = world.edit_comment(walt, world.comment(posted.id), "Third")
        world.delete_revision(walt, edited, edited.revisions[-2].id)
        (snapshot,) = github.snapshots(scene.repository, [posted.node_id])
        assert snapshot.reactions == ()
        assert [(one.body, one.deleted) for one in snapshot.revisions] == [
            ("First", False),
            (None, True),
            ("Third", False),
        ]

    def test_missing_ones_among_a_hundred(self, scene: Scene) -> None:
        world = scene.world
        made = [
            world.create_comment(scene.person("walt"), scene.issue, f"Comment {number}")
            for number in range(100)
        ]
        for comment in made[::10]:
            world.delete_comment(scene.person("walt"), comment)
        nodes = [comment_node(comment) for comment in made]
        found = scene.github.snapshots(scene.repository, nodes)
        assert [one.comment_node_id for one in found] == nodes
        assert [index for index, one in enumerate(found) if not one.exists] == list(
            range(0, 100, 10)
        )
        assert found[7].body == "Comment 7"

    def test_more_than_a_hundred_reactions_and_versions(self, scene: Scene) -> None:
        world = scene.world
        comment = world.create_comment(scene.person("walt"), scene.issue, "0")
        for number in range(104):
            world.create_user(f"fan{number}")
            world.react(scene.person(f"fan{number}"), comment, "+1")
        for number in range(1, 120):
            world.edit_comment(scene.person("walt"), world.comment(comment.id), str(number))
        (snapshot,) = scene.github.snapshots(scene.repository, [comment_node(comment)])
        assert [one.person.login for one in snapshot.reactions] == [f"fan{n}" for n in range(104)]
        assert [one.body for one in snapshot.revisions] == [str(n) for n in range(120)]


def test_a_token_that_lived_its_hour_is_replaced(scene: Scene) -> None:
    """The playground's clock runs ahead; its tokens live an hour, as GitHub's do."""
    assert scene.github.head(scene.repository)
    scene.world.clock.advance(61 * 60)
    assert scene.github.head(scene.repository)
