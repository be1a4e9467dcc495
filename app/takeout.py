"""What `treadle takeout` does: writes all that is kept of a repository, or of a person there.

The file is a tar: `NAME.jsonl` for each table with rows, one row a line as JSON with sorted keys;
`training/` with what runs on this machine read; and last `manifest.json`, which tells the number
of rows and the SHA-256 of each table, by which the copy can be checked.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from rich.console import Console

from app import __version__
from app.domain import OPERATOR, AuditEntry, Person, Repository
from app.errors import UserError
from app.flows.run_folder import RUNS_FOLDER
from app.known import kept
from app.settings import Settings
from app.store import Store, migrate, open_store
from app.training.snapshot import FACTS, LINES

LEFT_OUT = (
    "The files of adapters, which `treadle backup` copies, and the index of the repository's own "
    "text, which is made anew."
)


def takeout(
    settings: Settings, full_name: str, target: Path, *, who: str = "", console: Console
) -> None:
    """Writes a tar file that only this account may read: people's text is in it.

    Args:
        settings: as `settings.load` returns them; an App is not needed.
        full_name: OWNER/REPO; of several that had the name, the newest.
        target: the file to write; it must not be there yet.
        who: login or account number of the one person whose words are wanted; "" for all.
        console: where all is shown.

    Raises:
        UserError: nothing is kept of it, or the file cannot be written.
    """
    migrate(settings)
    with closing(open_store(settings)) as store:
        repository = kept(store, full_name)[0]
        person = person_of(store, repository, who) if who else None
        entry = AuditEntry(
            at=datetime.now(UTC), person=OPERATOR, act="exported", subject="takeout", url=""
        )
        store.audit.record(repository.id, entry)
        try:
            rows = _write(store, repository, person, settings.data_dir / RUNS_FOLDER, target)
        except FileExistsError:
            raise UserError(f"{target} is there already: choose another name.") from None
        except OSError as error:
            raise UserError(f"{target} cannot be written: {error.strerror}.") from error
    console.print(f"{target} was written: {rows} rows. It holds people's words: keep it as safe.")
    console.print(f"Not in it: {LEFT_OUT}")


def person_of(store: Store, repository: Repository, who: str) -> Person:
    """Finds a person by login, or by account number, for logins change and are deleted here.

    Raises:
        UserError: nobody of that login is named in what is kept.
    """
    if who.isdigit():
        return Person(id=int(who), login="")
    found = store.accounts.named(repository.id, who.removeprefix("@"))
    if found is None:
        raise UserError(
            f"Nobody called {who} is named in what is kept of {repository.full_name}. Give the "
            "number of the account instead, the `id` that GitHub's API shows at /users/LOGIN."
        )
    return found


def _write(store: Store, home: Repository, person: Person | None, runs: Path, target: Path) -> int:
    """Writes the file; returns how many rows. One that fails leaves nothing behind."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            tarfile.open(fileobj=file, mode="w") as tar,
        ):
            told: dict[str, dict[str, Any]] = {}
            tables = (
                store.takeout.tables(home)
                if person is None
                else store.takeout.of_person(home, person)
            )
            for name, rows in tables:
                with tempfile.TemporaryFile(dir=target.absolute().parent) as table:
                    told |= _add(tar, f"{name}.jsonl", table, _lines(rows))
            if person is None:
                for path in _snapshots(store, home, runs):
                    name = f"training/{path.parent.name}/{path.name}"
                    tar.add(path, name)
            manifest = {
                "repository": home.full_name,
                "id": home.id,
                "person": None if person is None else person.id,
                "written_at": datetime.now(UTC).isoformat(),
                "version": __version__,
                "files": told,
                "left_out": LEFT_OUT,
            }
            data = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
            info = tarfile.TarInfo("manifest.json")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        return sum(one["rows"] for one in told.values())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _add(
    tar: tarfile.TarFile, name: str, aside: IO[bytes], lines: Iterable[bytes]
) -> dict[str, dict[str, Any]]:
    """Adds a table's rows; returns what the manifest tells of them, if there are any."""
    rows, found = 0, hashlib.sha256()
    for line in lines:
        aside.write(line)
        found.update(line)
        rows += 1
    if not rows:
        return {}
    info = tarfile.TarInfo(name)
    info.size = aside.tell()
    aside.seek(0)
    tar.addfile(info, aside)
    return {name: {"rows": rows, "sha256": found.hexdigest()}}


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        text = json.dumps(dict(row), sort_keys=True, ensure_ascii=False)
        # A text out of the database may have halves of characters that UTF-8 lacks.
        yield text.encode("utf-8", "replace") + b"\n"


def _snapshots(store: Store, home: Repository, runs: Path) -> Iterator[Path]:
    for run_id in store.forgotten.runs(home.id):
        for name in (FACTS, LINES):
            path = runs / run_id / name
            if path.is_file():
                yield path
