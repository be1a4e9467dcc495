"""All addresses of the pages, in the order in which they are tried."""

from playground.pages import (
    apps,
    comments,
    files,
    history,
    installing,
    registering,
    settings,
    simulation,
    threads,
)
from playground.pages.visit import Handler

REPO = "/{owner}/{repo}"
ISSUE = REPO + "/issues/{number:digits}"
COMMENT = REPO + "/comments/{comment_id:digits}"
TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/", files.list_repositories),
    ("POST", "/_pages/act-as", settings.act_as),
    ("POST", "/_pages/preview", threads.preview),
    ("GET", "/_pages/deliveries", settings.list_deliveries),
    ("POST", "/_pages/deliveries", settings.redeliver),
    ("GET", simulation.PATH, simulation.show_simulation),
    ("POST", simulation.PATH, simulation.start_simulation),
    ("POST", f"{simulation.PATH}/stop", simulation.stop_simulation),
    ("GET", "/settings/apps", registering.list_apps),
    ("POST", "/settings/apps", registering.create_app),
    *(
        row
        for base in ("/settings", "/organizations/{organization}/settings")
        for row in (
            ("GET", f"{base}/apps/new", registering.new_app),
            ("POST", f"{base}/apps/new", registering.offer_manifest),
            ("GET", f"{base}/apps/{{slug}}", apps.show_settings),
            ("POST", f"{base}/apps/{{slug}}/hook", apps.set_hook),
            ("POST", f"{base}/apps/{{slug}}/deliveries", apps.redeliver),
            ("GET", f"{base}/installations", registering.list_apps),
            ("GET", f"{base}/installations/{{number:digits}}", installing.show_installation),
            ("POST", f"{base}/installations/{{number:digits}}", installing.change_installation),
        )
    ),
    ("GET", "/apps/{slug}", apps.show_app),
    ("POST", "/apps/{slug}/installations", installing.install),
    ("GET", "/apps/{slug}/installations/new", installing.choose_account),
    ("GET", "/apps/{slug}/installations/new/permissions", installing.choose_repositories),
    ("GET", "/{owner}", files.list_repositories),
    ("GET", REPO, files.show_repository),
    ("GET", REPO + "/tree/{rest:path}", files.show_tree),
    ("GET", REPO + "/blob/{rest:path}", files.show_blob),
    ("GET", REPO + "/issues", threads.list_issues),
    ("POST", REPO + "/issues", threads.create_issue),
    ("GET", REPO + "/pulls", threads.list_pulls),
    ("GET", REPO + "/issues/new", threads.new_issue),
    ("GET", REPO + "/{kind:kind}/{number:digits}", threads.show_thread),
    ("GET", ISSUE + "/posts", threads.show_posts),
    ("POST", ISSUE + "/comments", comments.create_comment),
    ("POST", ISSUE + "/edit", threads.edit_issue),
    ("POST", ISSUE + "/state", threads.set_state),
    ("POST", ISSUE + "/react", comments.react_to_issue),
    ("POST", ISSUE + "/tick", comments.tick_in_issue),
    ("GET", ISSUE + "/history", history.issue_history),
    ("POST", COMMENT + "/edit", comments.edit_comment),
    ("POST", COMMENT + "/react", comments.react_to_comment),
    ("POST", COMMENT + "/tick", comments.tick_in_comment),
    ("POST", COMMENT + "/hide", comments.hide_comment),
    ("POST", COMMENT + "/show", comments.show_comment),
    ("POST", COMMENT + "/delete", comments.delete_comment),
    ("GET", COMMENT + "/history", history.comment_history),
    ("POST", COMMENT + "/history", history.delete_version),
)
OPEN = frozenset({"/settings/apps/new", "/organizations/{organization}/settings/apps/new"})
"""Where pages of other sites may send forms to, as on GitHub: a person decides what comes of it."""
