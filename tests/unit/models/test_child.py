"""What a model's process is given of the environment."""

import os
import sys

from app.models.child import environment


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
