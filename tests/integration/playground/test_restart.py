"""What is kept in a file is there again after a restart, under the same ids."""

import contextlib
import json
import sqlite3
from pathlib import Path

import httpx

from playground.control import dump
from playground.keys import kept_private_key
from playground.server import Playground
from playground.webhooks import Dispatcher
from playground.world import World
from tests.integration.playground.receiver import Receiver


def snapshot(world: World) -> object:
    """All that shows, without the time."""
    state = dump(world)
    return {key: value for key, value in state.items() if key != "now"}


def test_everything_survives(tmp_path: Path) -> None:
    file, key = tmp_path / "deep" / "world.db", kept_private_key(tmp_path / "app.pem")
    assert (tmp_path / "app.pem").stat().st_mode & 0o777 == 0o600
    with Playground(path=file, private_key_pem=key) as first:
        world = first.world
        world.create_user("pat")
        loom = world.create_repository("olivia", "loom", files={"a.bin": b"\x00\xff"})
        installation = first.install("olivia")
        issue = world.create_issue(world.person("pat"), loom, "T")
        comment = world.create_comment(world.bot(installation), issue, "one")
        world.edit_comment(world.person("olivia"), comment, "two")
        world.react(world.person("pat"), comment, "+1")
        world.minimize(world.person("olivia"), comment, "spam")
        token = world.create_installation_token(installation.id).value
        other = world.create_comment(world.person("pat"), issue, "gone")
        world.delete_comment(world.person("pat"), other)
        before, app_id = snapshot(world), first.app_id
    with Playground(path=file, private_key_pem=kept_private_key(tmp_path / "app.pem")) as second:
        world = second.world
        assert second.app_id == app_id
        assert snapshot(world) == before
        assert world.install("olivia").id == installation.id
        made = world.create_comment(world.person("pat"), world.issues[issue.id], "three")
        assert made.id > other.id
        assert [c.body for c in world.comments.of(issue.id)] == ["two", "three"]
        headers = {"authorization": f"Bearer {token}", "accept": "application/vnd.github.raw"}
        url = f"{second.api_url}/repos/olivia/loom/contents/a.bin"
        assert httpx.get(url, headers=headers, trust_env=False).content == b"\x00\xff"


def test_apps_made_from_a_manifest_survive(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    manifest = {
        "url": "http://127.0.0.1:1",
        "redirect_url": "http://127.0.0.1:1/back",
        "hook_attributes": {"url": "http://127.0.0.1:9/"},
        "setup_url": "http://127.0.0.1:1/setup",
    }
    with Playground(path=file, slug=None) as first:
        world = first.world
        key = world.offer_manifest(json.dumps(manifest), state=None, organization=None)
        keys = world.convert_code(world.accept_manifest(world.account("olivia"), key, "Weft"))
        assert first.settle(10)
    with Playground(path=file) as second:
        # The playground's own App is not the first here, and is meant all the same.
        assert [app.slug for app in second.world.apps] == ["weft", "treadle"]
        assert second.world.apps[keys.app.id] == keys.app
        assert second.app_id != keys.app.id
        assert second.install("olivia").app_id == second.app_id
        assert [d.app_id for d in second.world.deliveries] == [keys.app.id]


def test_a_file_of_when_there_was_one_app(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    world = World(file)
    world.create_user("olivia")
    world.register_app(slug="treadle", owner="olivia", public_key_pem="unused", webhook_secret="s")
    world.set_hook("http://127.0.0.1:9/")
    world.install("olivia")
    world.close()
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        for kind, field in (("Delivery", "app_id"), ("App", "public"), ("App", "hook_active")):
            database.execute(
                "UPDATE value SET json = json_remove(json, ?) WHERE kind = ?", (f"$.{field}", kind)
            )
    again = World(file)
    [delivery] = again.deliveries_of(again.app)
    assert again.addressee(delivery) == again.app
    again.ping()
    assert len(again.deliveries_of(again.app)) == 2
    again.close()


def test_what_was_not_sent_is_sent_after_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path / "world.db")
    world.create_user("olivia")
    world.register_app(slug="treadle", owner="olivia", public_key_pem="unused", webhook_secret="s")
    with Receiver() as receiver:
        world.set_hook(receiver.url)
        world.install("olivia")
        world.close()
        again = World(tmp_path / "world.db")
        dispatcher = Dispatcher(again)
        dispatcher.start()
        assert dispatcher.settle(10)
        dispatcher.stop()
        again.close()
        assert receiver.events == ["installation.created"]
