"""Comments: writing, editing with history, hiding, deleting."""

from dataclasses import replace
from typing import Any

from playground.actors import Actor
from playground.errors import Invalid, NotFound
from playground.payloads import pulls
from playground.payloads import threads as shapes
from playground.payloads.events import context
from playground.permissions import scope_of
from playground.state import action
from playground.threads import Threads
from playground.values import Anchor, Comment, Issue, Minimized

REASONS = ("abuse", "duplicate", "off-topic", "outdated", "resolved", "spam")


class Comments(Threads):
    """What is said in threads, and on the lines of pull requests."""

    @action
    def create_comment(
        self, actor: Actor, issue: Issue, body: str, *, anchor: Anchor | None = None
    ) -> Comment:
        """Writes a comment, as anybody may who sees the repository and is not locked out."""
        repository = self.repository_of(issue)
        author = self.require_write(actor, repository, scope_of(issue), "read")
        self.refuse_locked(actor, issue, "comment")
        self.check_body(body, "IssueComment")
        now = self.clock.now()
        comment = self.comments.put(
            Comment(
                id=self.next_id("comment"),
                repository_id=repository.id,
                issue_id=issue.id,
                author_id=author,
                app_id=actor.app_id,
                body=body,
                created_at=now,
                updated_at=now,
                anchor=anchor,
            )
        )
        self.issues.put(replace(self.issues[issue.id], updated_at=now))
        self._emit_comment(comment, "created", author)
        return comment

    @action
    def create_review_comment(
        self,
        actor: Actor,
        issue: Issue,
        body: str,
        *,
        path: str,
        commit_sha: str,
        line: int | None = None,
    ) -> Comment:
        """Comments on a line of a file that a pull request changes, or on the file."""
        if issue.pull is None:
            raise NotFound
        if path not in {entry["filename"] for entry in pulls.files(self, issue)}:
            raise Invalid(
                "Validation Failed",
                errors=[
                    {
                        "resource": "PullRequestReviewComment",
                        "code": "custom",
                        "field": "pull_request_review_thread.path",
                        "message": "pull_request_review_thread.path is invalid",
                    }
                ],
            )
        anchor = Anchor(path=path, commit_sha=commit_sha, line=line)
        return self.create_comment(actor, issue, body, anchor=anchor)

    @action
    def reply_to_review_comment(self, actor: Actor, top: Comment, body: str) -> Comment:
        """Answers a review comment in its place."""
        if top.anchor is None:
            raise NotFound
        anchor = replace(top.anchor, in_reply_to=top.anchor.in_reply_to or top.id)
        return self.create_comment(actor, self.issues[top.issue_id], body, anchor=anchor)

    def comment(self, comment_id: int, *, review: bool = False) -> Comment:
        """A comment by its id.

        Raises:
            NotFound: there is none of this sort.
        """
        found = self.comments.get(comment_id)
        if found is None or (found.anchor is not None) != review:
            raise NotFound
        return found

    @action
    def edit_comment(self, actor: Actor, comment: Comment, body: str) -> Comment:
        """Replaces the body; its author or a writer may."""
        editor = self._require_author_or_writer(actor, comment)
        comment = self.comments[comment.id]
        self.check_body(body, "IssueComment")
        if body == comment.body:
            return comment
        before = comment.body
        comment = self.comments.put(
            replace(
                comment,
                body=body,
                updated_at=self.clock.now(),
                revisions=self.revised(comment, body, editor),
            )
        )
        self._emit_comment(comment, "edited", editor, changes={"body": {"from": before}})
        return comment

    @action
    def delete_comment(self, actor: Actor, comment: Comment) -> None:
        """Deletes a comment; its author or a writer may."""
        editor = self._require_author_or_writer(actor, comment)
        comment = self.comments[comment.id]
        self._emit_comment(comment, "deleted", editor)
        self._drop_reactions(shapes.comment_node(comment))
        self.comments.drop(comment.id)

    @action
    def minimize(self, actor: Actor, comment: Comment, reason: str) -> Comment:
        """Hides a comment for a reason (one of `REASONS`); GitHub tells no webhook of it."""
        editor = self._require_author_or_writer(actor, comment)
        if reason not in REASONS:
            raise Invalid(f"{reason} is no reason to hide a comment")
        hidden = Minimized(reason=reason, by_id=editor)
        return self.comments.put(replace(self.comments[comment.id], minimized=hidden))

    @action
    def unminimize(self, actor: Actor, comment: Comment) -> Comment:
        """Shows a hidden comment again."""
        self._require_author_or_writer(actor, comment)
        return self.comments.put(replace(self.comments[comment.id], minimized=None))

    @action
    def delete_revision(self, actor: Actor, comment: Comment, revision_id: int) -> Comment:
        """Removes the content of one entry of a history; editor and time stay."""
        editor = self._require_author_or_writer(actor, comment)
        comment = self.comments[comment.id]
        if revision_id not in {revision.id for revision in comment.revisions[:-1]}:
            # GitHub, too, keeps what the comment says now.
            raise NotFound
        history = tuple(
            replace(r, body=None, deleted_at=self.clock.now(), deleted_by_id=editor)
            if r.id == revision_id
            else r
            for r in comment.revisions
        )
        return self.comments.put(replace(comment, revisions=history))

    def may_edit(self, actor: Actor, comment: Comment) -> bool:
        """Whether an actor may edit, hide or delete a comment."""
        issue = self.issues[comment.issue_id]
        repository = self.repository_of(issue)
        own = actor.account_id == comment.author_id
        return self.may_write(actor, repository, scope_of(issue), "read" if own else "write")

    def _require_author_or_writer(self, actor: Actor, comment: Comment) -> int:
        if comment.id not in self.comments:
            raise NotFound
        issue = self.issues[comment.issue_id]
        repository = self.repository_of(issue)
        own = actor.account_id == comment.author_id
        return self.require_write(actor, repository, scope_of(issue), "read" if own else "write")

    def _emit_comment(
        self, comment: Comment, verb: str, sender_id: int, *, changes: dict[str, Any] | None = None
    ) -> None:
        issue = self.issues[comment.issue_id]
        repository = self.repository_of(issue)
        payload: dict[str, Any] = {}
        if changes is not None:
            payload["changes"] = changes
        if comment.anchor is None:
            event = "issue_comment"
            payload["issue"] = shapes.issue(self, issue)
            payload["comment"] = shapes.comment(self, comment)
        else:
            event = "pull_request_review_comment"
            payload["pull_request"] = pulls.pull_request(self, issue)
            payload["comment"] = pulls.review_comment(self, comment)
        payload |= context(self, repository, sender_id)
        self.emit(repository, event, payload, verb)
