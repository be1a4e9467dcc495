"""An adapter's files for tests."""

from pathlib import Path

NAME = "r7-0001-0badc0de"
CONFIG = b'{"r": 8}'
# With line ends and dashes, as stand around a file that is sent in a form.
WEIGHTS = bytes(range(256)) * 40 + b"\r\n--end"
# What sha256sum says of the two.
FILES = {
    "adapter_config.json": "fd66c57ec3933dd396b22ffd2c904bdbe96a4477c250382ee6265e2d7921fdd8",
    "adapter_model.safetensors": "72bdd6b9e7081595c934239f16d53a2cc978ab489392d2ca5bbfa21b22c96891",
}


def trained(folder: Path, weights: bytes = WEIGHTS) -> Path:
    """Makes a folder as training leaves it."""
    folder.mkdir()
    (folder / "adapter_config.json").write_bytes(CONFIG)
    (folder / "adapter_model.safetensors").write_bytes(weights)
    return folder
