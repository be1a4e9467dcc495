"""Accounts: the people of a repository, as they are named in what is kept of it."""

from sqlalchemy import ColumnElement, func, select

from app.domain import Person
from app.store.noun import Noun
from app.store.schema import ask, reply, revision, signal


class Accounts(Noun):
    """People by the names that they had when something of theirs was kept."""

    def named(self, repository_id: int, login: str) -> Person | None:
        """Returns who was last seen in a repository under a login, in any case; None for nobody."""
        wanted = login.lower()
        of_reply = reply.c.repository_id == repository_id
        places: tuple[tuple[ColumnElement[int], ColumnElement[str], ColumnElement[bool]], ...] = (
            (signal.c.person_id, signal.c.person_login, of_reply),
            (revision.c.editor_id, revision.c.editor_login, of_reply),
            (reply.c.asker_id, reply.c.asker_login, of_reply),
            (ask.c.asker_id, ask.c.asker_login, ask.c.repository_id == repository_id),
        )
        for number, name, here in places:
            statement = select(number.label("id"), name.label("login"))
            if number.table in (signal, revision):
                statement = statement.join(reply)
            found = statement.where(here, func.lower(name) == wanted, number != 0)
            row = self._row(found.order_by(number.desc()).limit(1))
            if row is not None:
                return Person(id=row["id"], login=row["login"])
        return None
