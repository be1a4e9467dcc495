"""What a model's process is given, and how its end is told."""

import io
import os
import sys

import pytest

from app.models.spawn import cause, environment, is_place, lines


def test_secrets_stay_here_and_caches_go_along() -> None:
    given = environment(
        {
            "TREADLE_PRIVATE_KEY": "s",
            "TREADLE_MODEL": "m",
            "AWS_SECRET_ACCESS_KEY": "s",
            "GITHUB_TOKEN": "s",
            "DATABASE_URL": "s",
            "LDAP_PASSWORD": "s",
            "PATH": "/bin",
            "PATHS_SECRET": "s",
            "HF_HOME": "/cache",
            "HF_TOKEN": "of the hub",
            "HF_HUB_DISABLE_PROGRESS_BARS": "0",
            "CUDA_VISIBLE_DEVICES": "1",
            "OMP_NUM_THREADS": "1",
            "https_proxy": "p",
            "LD_LIBRARY_PATH": "/lib",
            "PYTHONHASHSEED": "1",
        }
    )

    paths = given.pop("PYTHONPATH").split(os.pathsep)
    assert [path for path in sys.path if path] == [path for path in paths if path in sys.path]
    assert given == {
        "PATH": "/bin",
        "HF_HOME": "/cache",
        "HF_TOKEN": "of the hub",
        "HF_HUB_DISABLE_PROGRESS_BARS": "0",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "CUDA_VISIBLE_DEVICES": "1",
        "OMP_NUM_THREADS": "1",
        "https_proxy": "p",
        "LD_LIBRARY_PATH": "/lib",
        "PYTHONHASHSEED": "1",
    }


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("treadle: KeyError", True),
        ("treadle: /a b/app/models/host.py:12 in <module>", True),
        ("Fatal Python error: Segmentation fault", True),
        ("Current thread 0x00007f71c3fff090 (most recent call first):", True),
        ('  File "/app/models/host.py", line 12 in run', True),
        ('  File "/app/models/host.py", line 12, in run', False),
        ("treadle: what somebody wrote", False),
        ("KeyError: 'what somebody wrote'", False),
        ("a warning treadle: KeyError", False),
        ("", False),
    ],
)
def test_only_places_in_code_are_let_through(line: str, place: bool) -> None:
    assert is_place(line) is place


def test_long_lines_are_cut_and_odd_bytes_replaced() -> None:
    assert list(lines(io.BytesIO(b"x" * 600 + b"\n\xff\n"))) == ["x" * 500, "x" * 100, "\ufffd"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "status 0"),
        (3, "status 3"),
        (-9, "killed; is there enough memory?"),
        (-11, "segmentation fault"),
    ],
)
def test_how_a_process_ended_is_said_in_words(status: int, words: str) -> None:
    assert cause(status) == words
