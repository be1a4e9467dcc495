"""Reactions to issues and comments. https://docs.github.com/en/rest/reactions/reactions"""

from collections.abc import Callable

from playground.payloads import threads as shapes
from playground.rest import comments, issues
from playground.rest.call import Call, Reply, Routes
from playground.world import Subject, subject_node

routes = Routes()
REPOSITORY = "/repos/{owner}/{repo}"


def _review_comment(call: Call) -> Subject:
    return comments.of_path(call, review=True)


PLACES: tuple[tuple[str, Callable[[Call], Subject]], ...] = (
    (f"{REPOSITORY}/issues/comments/{{comment_id:int}}/reactions", comments.of_path),
    (f"{REPOSITORY}/pulls/comments/{{comment_id:int}}/reactions", _review_comment),
    (f"{REPOSITORY}/issues/{{number:int}}/reactions", issues.thread),
)


def _enter(path: str, find: Callable[[Call], Subject]) -> None:
    @routes.add("GET", path)
    def list_reactions(call: Call) -> Reply:
        wanted = call.query.get("content")
        found = [
            reaction
            for reaction in call.world.reactions.of(subject_node(find(call)))
            if wanted in (None, reaction.content)
        ]
        return call.paged(found, lambda reaction: shapes.reaction(call.world, reaction))

    @routes.add("POST", path)
    def create_reaction(call: Call) -> Reply:
        reaction, new = call.world.react(call.actor, find(call), call.text("content"))
        content = shapes.reaction(call.world, reaction)
        return Reply(status=201 if new else 200, content=content)

    @routes.add("DELETE", path + "/{reaction_id:int}")
    def delete_reaction(call: Call) -> Reply:
        call.world.delete_reaction(call.actor, find(call), call.params["reaction_id"])
        return Reply(status=204)


for _path, _find in PLACES:
    _enter(_path, _find)
