"""What an App can ask for: permissions with their levels, and events with what they need.

https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/choosing-permissions-for-a-github-app,
https://docs.github.com/en/webhooks/webhook-events-and-payloads (the availability of each event)
"""

from collections.abc import Mapping

READ_WRITE = ("read", "write")
OTHER_LEVELS: Mapping[str, tuple[str, ...]] = {
    "enterprise_custom_properties_for_organizations": ("read", "write", "admin"),
    "organization_custom_properties": ("read", "write", "admin"),
    "organization_events": ("read",),
    "organization_plan": ("read",),
    "organization_projects": ("read", "write", "admin"),
    "profile": ("write",),
    "repository_projects": ("read", "write", "admin"),
    "workflows": ("write",),
}
PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    name: OTHER_LEVELS.get(name, READ_WRITE)
    for name in (
        # Of a repository.
        "actions", "administration", "artifact_metadata", "attestations", "checks",
        "code_quality", "codespaces", "contents", "dependabot_secrets", "deployments",
        "discussions", "environments", "issues", "merge_queues", "metadata", "packages", "pages",
        "pull_requests", "repository_advisories", "repository_custom_properties",
        "repository_hooks", "repository_projects", "secret_scanning_alerts", "secrets",
        "security_events", "single_file", "statuses", "vulnerability_alerts", "workflows",
        # Of an organisation.
        "custom_properties_for_organizations", "members", "organization_administration",
        "organization_announcement_banners", "organization_copilot_agent_settings",
        "organization_copilot_seat_management", "organization_custom_org_roles",
        "organization_custom_properties", "organization_custom_roles", "organization_events",
        "organization_hooks", "organization_packages",
        "organization_personal_access_token_requests", "organization_personal_access_tokens",
        "organization_plan", "organization_projects", "organization_secrets",
        "organization_self_hosted_runners", "organization_user_blocking",
        # Of a person, and of an enterprise.
        "email_addresses", "followers", "git_ssh_keys", "gpg_keys", "interaction_limits",
        "profile", "starring", "enterprise_custom_properties_for_organizations",
    )
}  # fmt: skip
"""The levels that each permission can have."""

_EVENTS_BY_PERMISSION: Mapping[str, tuple[str, ...]] = {
    "actions": ("workflow_job", "workflow_run"),
    "administration": ("branch_protection_configuration", "branch_protection_rule",
                       "repository_ruleset"),
    "checks": ("check_run", "check_suite"),
    "contents": ("commit_comment", "create", "delete", "fork", "gollum", "push", "release",
                 "repository_dispatch", "workflow_dispatch"),
    "deployments": ("deploy_key", "deployment", "deployment_protection_rule",
                    "deployment_review", "deployment_status"),
    "discussions": ("discussion", "discussion_comment"),
    "issues": ("issue_comment", "issue_dependencies", "issues", "milestone", "sub_issues"),
    "members": ("member", "membership", "organization", "team", "team_add"),
    "merge_queues": ("merge_group",),
    "metadata": ("label", "meta", "public", "repository", "star", "watch"),
    "organization_administration": ("org_block", "organization"),
    "organization_custom_properties": ("custom_property",),
    "organization_projects": ("projects_v2", "projects_v2_item", "projects_v2_status_update"),
    "packages": ("registry_package",),
    "pages": ("page_build",),
    "pull_requests": ("milestone", "pull_request", "pull_request_review",
                      "pull_request_review_comment", "pull_request_review_thread"),
    "repository_advisories": ("repository_advisory",),
    "repository_custom_properties": ("custom_property_values",),
    "repository_projects": ("project", "project_card", "project_column"),
    "secret_scanning_alerts": ("secret_scanning_alert", "secret_scanning_alert_location",
                               "secret_scanning_scan"),
    "security_events": ("code_scanning_alert",),
    "statuses": ("status",),
    "vulnerability_alerts": ("dependabot_alert", "repository_vulnerability_alert"),
}  # fmt: skip

EVENTS: Mapping[str, frozenset[str]] = {
    event: frozenset(p for p, events in _EVENTS_BY_PERMISSION.items() if event in events)
    for listed in _EVENTS_BY_PERMISSION.values()
    for event in listed
} | {"security_advisory": frozenset()}
"""The events that an App can subscribe to, each with the permissions one of which it needs.

`issue_comment` needs issues: to register an App, pull_requests is not enough.  What every App is
told (`ping`, `installation`, `installation_repositories`) cannot be subscribed to.
"""
