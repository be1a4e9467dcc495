"""Repositories by the names that commands are given."""

from collections.abc import Sequence

from app.domain import Repository
from app.errors import UserError
from app.store import Store


def known(store: Store, full_name: str) -> Repository:
    """Returns the repository of a name, OWNER/REPO.

    Raises:
        UserError: it is not known here.
    """
    owner, _, name = full_name.partition("/")
    repository = store.repositories.by_name(owner, name)
    if repository is None:
        raise UserError(f"{full_name} is not known here: something must be asked there first")
    return repository


def kept(store: Store, full_name: str) -> Sequence[Repository]:
    """Returns all repositories that anything is kept of and that had a name, newest first.

    Raises:
        UserError: there is none.
    """
    owner, _, name = full_name.partition("/")
    repositories = store.forgotten.named(owner, name)
    if not repositories:
        raise UserError(f"Nothing is kept of {full_name}.")
    return repositories
