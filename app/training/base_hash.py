"""Which base model this is, by its weights: an adapter fits no other. Needs no torch."""

from hashlib import file_digest, sha256
from pathlib import Path

from app.errors import UserError

WEIGHTS = ("*.safetensors", "*.bin")


def base_hash(source: str, revision: str = "") -> str:
    """Returns the SHA-256, in hex, over the names and SHA-256 of a model's files of weights.

    Some gigabytes take some seconds: whoever asks often keeps the answer.

    Args:
        source: a folder, or an id on the hub of a model that is on this disk.
        revision: its commit there.

    Raises:
        UserError: there are no weights on this disk.
    """
    folder = _folder(source, revision)
    files = [path for kind in WEIGHTS for path in sorted(folder.glob(kind))]
    if not files:
        raise UserError(f"There are no weights of the model {Path(source).name} on this disk.")
    whole = sha256()
    for path in files:
        with path.open("rb") as file:
            whole.update(f"{path.name} {file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def _folder(source: str, revision: str) -> Path:
    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder
    # It is there where models are, and takes a moment.
    from huggingface_hub import snapshot_download  # noqa: PLC0415

    try:
        return Path(snapshot_download(source, revision=revision or None, local_files_only=True))
    except (OSError, ValueError) as error:
        raise UserError(f"The model {Path(source).name} is not on this disk.") from error
