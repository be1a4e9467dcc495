"""Which parts a GitHub has, beside those that nothing works without.

GitHub itself has all of them. Others, such as stand-ins for tests, may not; what is lacking is
done without, and what that means is told here. Each look is a request or two, as an
installation, in one repository, and changes nothing.
"""

from collections.abc import Iterator
from urllib.parse import quote

from app.checks.finding import Finding, State
from app.domain import Repository
from app.errors import GoneError, TreadleError
from app.github.about import About
from app.github.errors_of import BadRequest
from app.github.place import below, part
from app.github.read import AccountPart

GRAPHQL_PART, REACTIONS_PART, PEOPLE_PART = "GraphQL", "reactions", "people's rights"
TEXT_PART, FILE_PART, FEATURES_PART = "repository text", "configuration", "features"


def features(github: About) -> Iterator[Finding]:
    """Looks at what the GitHub of one installation has, in one of its repositories."""
    try:
        live = [one for one in github.installations() if one.suspended_at is None]
        repository = github.repository(live[0]) if live else None
        if repository is None:
            told = "not looked at before the App is installed on a repository"
            yield Finding(part=FEATURES_PART, state="skipped", told=told)
            return
        yield _graphql(github, repository)
        yield from _reactions(github, repository)
        yield _people(github, repository, live[0].account)
        yield from _text(github, repository)
    except GoneError as error:
        told = f"GitHub refused a look at what it has: {error}"
        remedy = "see what is said of permissions and installed"
        yield Finding(part=FEATURES_PART, state="fault", told=told, remedy=remedy)
    except (TreadleError, BadRequest) as error:
        told = f"GitHub could not be asked what it has: {error}"
        yield Finding(part=FEATURES_PART, state="fault", told=told, remedy="try again in a moment")


def _graphql(github: About, repository: Repository) -> Finding:
    return _finding(
        GRAPHQL_PART,
        github.has_graphql(repository.installation_id),
        "replies are read 100 at a time",
        "this GitHub has none: each reply is read by itself, who edited it is not known (an edit "
        "counts as one of somebody with write access), and that it was hidden is not seen",
    )


def _reactions(github: About, repository: Repository) -> Iterator[Finding]:
    place = below(repository.owner, repository.name)
    issue = github.first(repository.installation_id, f"{place}/issues")
    if not isinstance(issue, dict) or not isinstance(issue.get("number"), int):
        return  # There is nothing to look at.
    path = f"{place}/issues/{issue['number']}/reactions"
    yield _finding(
        REACTIONS_PART,
        github.has(repository.installation_id, path),
        "can be given and read",
        "this GitHub has none: nobody sees that a question was heard, and nobody can vote",
    )


def _people(github: About, repository: Repository, account: AccountPart | None) -> Finding:
    if account is None or account.type != "User":
        # Of an organisation GitHub says that it is nobody, as if it could not tell.
        told = f"not looked at: {repository.owner} is no person"
        return Finding(part=PEOPLE_PART, state="skipped", told=told)
    owner = repository.owner
    path = f"{below(owner, repository.name)}/collaborators/{part(owner)}/permission"
    return _finding(
        PEOPLE_PART,
        github.has(repository.installation_id, path),
        "who may write is known",
        "this GitHub does not tell them: nobody is trusted, so that no vote or edit counts",
        lacking="fault",
    )


def _text(github: About, repository: Repository) -> Iterator[Finding]:
    place, installation = below(repository.owner, repository.name), repository.installation_id
    branch = quote(repository.default_branch)
    if not github.has(installation, f"{place}/branches/{branch}"):
        told = f"{repository.full_name} has none"
        yield Finding(part=TEXT_PART, state="skipped", told=told)
        return
    yield _finding(
        TEXT_PART,
        github.has(installation, f"{place}/tarball/{branch}"),
        "is read as one archive",
        "this GitHub has no archives: its files are read one by one",
    )
    yield _finding(
        FILE_PART,
        github.has(installation, f"{place}/contents/"),
        "`.github/treadle.yml` and `.github/treadle/constitution.md` are read",
        "this GitHub gives out no single files: what is in `.github/treadle.yml` and "
        "`.github/treadle/constitution.md` is not read",
    )


def _finding(
    part: str, there: bool, well: str, without: str, lacking: State = "skipped"
) -> Finding:
    return Finding(part=part, state="ok" if there else lacking, told=well if there else without)
