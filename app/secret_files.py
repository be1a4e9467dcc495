"""Secrets from files: `TREADLE_NAME_FILE` names a file that holds what `TREADLE_NAME` would.

Container engines and systemd hand secrets over as files, and a file shows up in no list of
processes and no `docker inspect`. https://docs.docker.com/compose/how-tos/use-secrets/ and
https://systemd.io/CREDENTIALS/
"""

from collections.abc import Mapping
from pathlib import Path

NAMES = (
    "webhook_secret",
    "signing_keys",
    "database_url",
    "admin_token",
    "model_api_key",
    "supabase_service_key",
)
"""Settings that can be read from a file; `private_key` has `private_key_file` besides."""

SUFFIX = "_FILE"
MOST_BYTES = 64 * 1024


def variable(name: str, prefix: str) -> str:
    """Returns the variable that names the file of a setting."""
    return prefix + name.upper() + SUFFIX


def read(variables: Mapping[str, str], prefix: str) -> tuple[dict[str, str], list[str]]:
    """Reads the secrets whose files are named.

    Blanks and line ends around what a file holds are no part of it.

    Args:
        variables: the environment; an empty variable counts as unset.
        prefix: what the names of variables begin with.

    Returns:
        The settings by name, and what is wrong with those that could not be read; no fault
        repeats what a file holds.
    """
    found: dict[str, str] = {}
    faults: list[str] = []
    for name in NAMES:
        file = variable(name, prefix)
        if not variables.get(file):
            continue
        if variables.get(prefix + name.upper()):
            faults.append(f"{file}: {prefix}{name.upper()} is set as well; keep one of them")
            continue
        try:
            found[name] = _content(Path(variables[file]))
        except OSError as error:
            faults.append(f"{file}: the file cannot be read ({error.strerror})")
        except ValueError as error:
            faults.append(f"{file}: {error}")
    return found, faults


def _content(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise ValueError(f"the file is larger than {MOST_BYTES} bytes")
    try:
        text = raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8 text") from None
    if not text:
        raise ValueError("the file is empty")
    return text
