"""The pages that make, install and set up Apps: what they show, and to whom they refuse it."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from playground.values import App, Installation
from tests.unit.playground.pages_world import Scene, make_scene

BOT = "http://127.0.0.1:8081"
HOOK = "http://127.0.0.1:9/webhooks"
MANIFEST = {
    "name": "Weft <i>bot</i>",
    "url": "http://127.0.0.1:8081/<script>",
    "hook_attributes": {"url": HOOK},
    "redirect_url": f"{BOT}/setup/created?step=2",
    "setup_url": f"{BOT}/setup/installed",
    "description": "<script>document.title = 'taken'</script>",
    "default_permissions": {"issues": "write", "contents": "read"},
    "default_events": ["issue_comment", "push"],
}
GOOD = {**MANIFEST, "url": BOT}


@pytest.fixture
def scene() -> Scene:
    made = make_scene()
    made.world.create_organization("weavers", owners=("max",))
    made.world.create_repository("weavers", "cloth")
    made.world.create_repository("olivia", "hidden", private=True)
    return made


def offer(
    scene: Scene, manifest: Any, *, base: str = "/settings", query: str = "?state=s&x"
) -> Any:
    """Hands a manifest in from a page of another site; follows to the page that asks."""
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    return scene.post(f"{base}/apps/new{query}", {"manifest": text}, origin=BOT)


def create(scene: Scene, manifest: Any, name: str, *, base: str = "/settings") -> httpx.Response:
    """Says yes to a manifest; the answer is not followed."""
    page = offer(scene, manifest, base=base)
    assert page.status_code == 200, page.text
    [key] = parse_qs(page.url.query.decode())["offer"]
    form = {"offer": key, "name": name}
    headers = {"origin": "http://testserver"}
    return scene.browser.post("/settings/apps", data=form, headers=headers, follow_redirects=False)


def made(scene: Scene, name: str = "Weft", **changes: Any) -> App:
    """An App made from the good manifest."""
    assert create(scene, {**GOOD, **changes}, name).status_code == 303
    return list(scene.world.apps)[-1]


def test_a_person_is_asked_and_names_the_app(scene: Scene) -> None:
    page = offer(scene, GOOD).text
    assert "<h1>Create GitHub App for olivia</h1>" in page
    assert 'value="Weft &lt;i&gt;bot&lt;/i&gt;"' in page
    assert "<script>document.title" not in page and "&lt;script&gt;document.title" in page
    for word in ("issue_comment", "push", "issues", "contents", "metadata", HOOK):
        assert f"<code>{word}</code>" in page
    answer = create(scene, GOOD, "Weft Böt")
    to = urlsplit(answer.headers["location"])
    query = parse_qs(to.query)
    assert f"{to.scheme}://{to.netloc}{to.path}" == f"{BOT}/setup/created"
    assert (query["step"], query["state"]) == (["2"], ["s"])
    assert re.fullmatch("[0-9a-f]{40}", query["code"][0])
    app = list(scene.world.apps)[-1]
    assert (app.slug, app.name, app.hook_url) == ("weft-bot", "Weft Böt", HOOK)
    assert scene.world.accounts[app.owner_id].login == "olivia"
    assert app.permissions == {"contents": "read", "issues": "write", "metadata": "read"}
    assert [(d.app_id, d.event) for d in scene.world.deliveries] == [(app.id, "ping")]


def test_a_form_may_end_where_the_manifest_says(scene: Scene) -> None:
    policy = offer(scene, GOOD).headers["content-security-policy"]
    assert policy.endswith(f"form-action 'self' {BOT}")
    assert "8081" not in scene.browser.get("/settings/apps").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"url": None}, "Error &#34;url&#34; wasn&#39;t supplied."),
        ({"default_events": ["installation"]}, "Default events unsupported: installation"),
        ({"name": "<b>" * 12, "url": "<script>"}, "Url must be a valid URL"),
        ({"default_permissions": {"<img src=x>": "read"}}, "&lt;img src=x&gt;"),
    ],
)
def test_what_is_no_manifest_is_refused(scene: Scene, changes: dict[str, Any], fault: str) -> None:
    answer = offer(scene, {**MANIFEST, **changes})
    assert answer.status_code == 422
    assert "Invalid GitHub App configuration" in answer.text
    assert fault in answer.text
    assert "<script>d" not in answer.text and "<img" not in answer.text


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "Name can&#39;t be blank"),
        ("x" * 35, "Name is too long (maximum is 34 characters)"),
        ("Treadle", "Name is already taken"),
        ("cora", "Name is already taken"),
        ("New", "Name is already taken"),
        ("???", "Name must have a letter or a digit"),
    ],
)
def test_a_name_that_cannot_be_taken(scene: Scene, name: str, fault: str) -> None:
    answer = create(scene, GOOD, name)
    assert answer.status_code == 422
    assert fault in answer.text
    assert len(scene.world.apps) == 1
    # The page still knows the manifest, and the name is there to be changed.
    assert f'value="{name}"' in answer.text and "issue_comment" in answer.text


def test_a_manifest_waits_for_an_hour_and_is_used_once(scene: Scene) -> None:
    page = offer(scene, GOOD)
    scene.world.clock.advance(3601)
    assert scene.browser.get(str(page.url)).status_code == 404
    assert scene.browser.get("/settings/apps/new?offer=none").status_code == 404
    page = offer(scene, GOOD)
    key = page.url.params["offer"]
    for status in (303, 404):
        answer = scene.browser.post(
            "/settings/apps", data={"offer": key, "name": "Weft"},
            headers={"origin": "http://testserver"}, follow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == status


def test_only_an_owner_registers_for_an_organisation(scene: Scene) -> None:
    base = "/organizations/weavers/settings"
    refused = offer(scene, GOOD, base=base)
    assert refused.status_code == 403
    assert "Only an owner of weavers" in refused.text
    assert "You act as olivia" in refused.text
    # Switching leads back to the question, which the owner is asked.
    back = re.search(r'name="back" value="([^"]+)"', refused.text)
    assert back is not None and "?offer=" in back[1]
    scene.act_as("max")
    assert "Create GitHub App for weavers" in scene.get(back[1])
    assert create(scene, GOOD, "Weft", base=base).status_code == 303
    app = list(scene.world.apps)[-1]
    assert scene.world.accounts[app.owner_id].login == "weavers"
    assert "Weft" in scene.get(f"{base}/apps/weft")
    assert scene.browser.get("/settings/apps/weft").status_code == 404
    for other in ("nobody", "cora"):
        assert offer(scene, GOOD, base=f"/organizations/{other}/settings").status_code == 404


def test_other_sites_may_hand_in_and_nothing_else(scene: Scene) -> None:
    app = made(scene)
    for path in (
        "/settings/apps", "/settings/apps/weft/hook", "/settings/apps/weft/deliveries",
        "/apps/weft/installations",
    ):  # fmt: skip
        answer = scene.post(path, {"url": "http://127.0.0.1:1/"}, origin=BOT)
        assert answer.status_code == 403, path
    assert scene.world.apps[app.id] == app


def installed(scene: Scene, app: App) -> Installation:
    """The App's only installation."""
    [found] = scene.world.installations.of(app.id)
    return found


def send(scene: Scene, path: str, form: dict[str, str]) -> httpx.Response:
    """Sends a form of a page; the answer is not followed."""
    headers = {"origin": "http://testserver"}
    return scene.browser.post(path, data=form, headers=headers, follow_redirects=False)


def test_installing_on_some_repositories(scene: Scene) -> None:
    app = made(scene)
    assert 'href="/apps/weft/installations/new"' in scene.get("/apps/weft")
    page = scene.get("/apps/weft/installations/new?state=a%20b")
    # olivia has one account, so nobody asks which.
    assert "Install Weft on olivia" in page and 'name="state" value="a b"' in page
    assert "shuttle" in page and "hidden" in page and "cloth" not in page
    target = re.search(r'name="target_id" value="(\d+)"', page)
    assert target is not None
    form = {"target_id": target[1], "state": "a b", "install_target": "selected"}
    answer = send(scene, "/apps/weft/installations", form)
    assert answer.status_code == 422 and "at least one" in answer.text
    form[f"repository-{scene.repository.id}"] = "on"
    answer = send(scene, "/apps/weft/installations", form)
    value = installed(scene, app)
    assert value.repository_ids == (scene.repository.id,)
    to = urlsplit(answer.headers["location"])
    assert (answer.status_code, to.path) == (303, "/setup/installed")
    assert parse_qs(to.query) == {
        "installation_id": [str(value.id)], "setup_action": ["install"], "state": ["a b"],
    }  # fmt: skip
    newest = list(scene.world.deliveries)[-1]
    assert (newest.app_id, newest.event, newest.action) == (app.id, "installation", "created")
    assert json.loads(newest.payload)["sender"]["login"] == "olivia"
    assert "Configure" in scene.get("/apps/weft/installations/new")


def test_without_a_setup_address_one_stays(scene: Scene) -> None:
    app = made(scene, setup_url=None)
    target = str(scene.world.account("olivia").id)
    form = {"target_id": target, "install_target": "all"}
    answer = send(scene, "/apps/weft/installations", form)
    value = installed(scene, app)
    assert value.repository_ids is None
    assert answer.headers["location"] == f"/settings/installations/{value.id}"


def test_one_who_owns_several_accounts_chooses(scene: Scene) -> None:
    made(scene, public=True)
    scene.act_as("max")
    page = scene.get("/apps/weft/installations/new")
    assert re.findall(r"<h2>(\w+)</h2>", page) == ["max", "weavers"]
    target = scene.world.account("weavers").id
    page = scene.get(f"/apps/weft/installations/new/permissions?target_id={target}")
    assert "cloth" in page
    send(scene, "/apps/weft/installations", {"target_id": str(target), "install_target": "all"})
    value = list(scene.world.installations)[-1]
    assert value.account_id == target
    assert "Weft on weavers" in scene.get(
        f"/organizations/weavers/settings/installations/{value.id}"
    )
    assert json.loads(list(scene.world.deliveries)[-1].payload)["sender"]["login"] == "max"


@pytest.mark.parametrize("login", ["cora", "max"])
def test_an_app_that_is_not_public_is_its_owners(scene: Scene, login: str) -> None:
    made(scene)
    scene.act_as(login)
    for path in ("/apps/weft", "/apps/weft/installations/new"):
        assert scene.browser.get(path).status_code == 404
    target = str(scene.world.account(login).id)
    form = {"target_id": target, "install_target": "all"}
    assert send(scene, "/apps/weft/installations", form).status_code == 404


def test_nobody_installs_on_somebody_elses_account(scene: Scene) -> None:
    made(scene, public=True)
    scene.act_as("cora")
    form = {"target_id": str(scene.world.account("olivia").id), "install_target": "all"}
    assert send(scene, "/apps/weft/installations", form).status_code == 404
    assert len(scene.world.installations) == 1


def test_an_installation_is_changed_suspended_and_deleted(scene: Scene) -> None:
    app = made(scene)
    scene.world.install("olivia", slug="weft")
    value = installed(scene, app)
    path = f"/settings/installations/{value.id}"
    assert re.search(r'value="all"[^>]* checked', scene.get(path))
    form = {"verb": "save", "install_target": "selected"}
    assert send(scene, path, form).status_code == 422
    form[f"repository-{scene.repository.id}"] = "on"
    assert send(scene, path, form).headers["location"] == path
    assert re.search(rf'name="repository-{scene.repository.id}"[^>]* checked', scene.get(path))
    send(scene, path, {"verb": "suspend"})
    assert "suspended" in scene.get(path)
    send(scene, path, {"verb": "unsuspend"})
    assert send(scene, path, {"verb": "nonsense"}).status_code == 422
    answer = send(scene, path, {"verb": "uninstall"})
    assert answer.headers["location"] == "/settings/apps"
    assert scene.browser.get(path).status_code == 404
    told = [(d.event, d.action) for d in scene.world.deliveries if d.app_id == app.id]
    assert told == [
        ("ping", None), ("installation", "created"), ("installation_repositories", "removed"),
        ("installation", "suspend"), ("installation", "unsuspend"), ("installation", "deleted"),
    ]  # fmt: skip


def test_an_update_leads_on_where_the_app_asks_for_it(scene: Scene) -> None:
    app = made(scene, setup_on_update=True)
    scene.world.install("olivia", slug="weft")
    value = installed(scene, app)
    answer = send(
        scene, f"/settings/installations/{value.id}", {"verb": "save", "install_target": "all"}
    )
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query == {"installation_id": [str(value.id)], "setup_action": ["update"]}


def test_settings_are_the_owners(scene: Scene) -> None:
    app = made(scene)
    value = scene.world.install("olivia", slug="weft")
    scene.act_as("cora")
    for path in ("/settings/apps/weft", f"/settings/installations/{value.id}"):
        assert scene.browser.get(path).status_code == 403
    form = {"verb": "uninstall"}
    assert send(scene, f"/settings/installations/{value.id}", form).status_code == 403
    assert send(scene, "/settings/apps/weft/hook", {"url": ""}).status_code == 403
    assert scene.world.apps[app.id].hook_url == HOOK
    wrong = f"/organizations/weavers/settings/installations/{value.id}"
    assert scene.browser.get(wrong).status_code == 404


def test_the_hook_is_changed_and_deliveries_are_sent_again(scene: Scene) -> None:
    app = made(scene)
    page = scene.get("/settings/apps/weft")
    assert f'value="{HOOK}"' in page and str(app.id) in page and "not handed out yet" in page
    [ping] = scene.world.deliveries
    assert ping.guid in page
    send(scene, "/settings/apps/weft/deliveries", {"guid": ping.guid})
    assert [d.redelivery for d in scene.world.deliveries] == [False, True]
    # Another App's deliveries are not this one's to send.
    scene.world.set_hook(HOOK)
    scene.world.ping()
    other = list(scene.world.deliveries)[-1]
    answer = send(scene, "/settings/apps/weft/deliveries", {"guid": other.guid})
    assert answer.status_code == 404
    assert other.guid not in scene.get("/settings/apps/weft")
    assert "Treadle" in scene.get("/_pages/deliveries")
    assert send(scene, "/settings/apps/weft/hook", {"url": "ftp://x"}).status_code == 422
    send(scene, "/settings/apps/weft/hook", {"url": "http://127.0.0.1:1/new"})
    assert scene.world.apps[app.id].hook_url == "http://127.0.0.1:1/new"
    send(scene, "/settings/apps/weft/hook", {"url": ""})
    assert scene.world.apps[app.id].hook_url is None


def test_what_one_owns_is_listed(scene: Scene) -> None:
    page = scene.get("/settings/apps")
    assert "Treadle on olivia" in page and 'href="/settings/apps/treadle"' in page
    assert "Manifest" in scene.get("/settings/apps/new")
    scene.act_as("cora")
    assert "cora owns no App" in scene.get("/settings/apps")
