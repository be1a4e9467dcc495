"""Which model the settings name."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.domain import Usage
from app.layouts import Layout
from app.models.catalogue import (
    BOBBIN_FOLDER,
    addresses,
    layout_of,
    meter_of,
    name_of,
    open_model,
    spec_of,
)
from app.models.jobs import ModelSpec
from app.models.local import LocalModel
from app.models.remote import RemoteModel
from app.settings import Settings, load


def test_bobbin_is_the_shipped_folder_and_writes_lines() -> None:
    settings = load({"TREADLE_MODEL": "bobbin", "TREADLE_MODEL_REVISION": "v1"})

    assert spec_of(settings) == ModelSpec(
        source=str(BOBBIN_FOLDER), dtype="float32", piece_tokens=160, stop="\n"
    )
    assert BOBBIN_FOLDER.parent.name == "models"
    assert layout_of(settings) is Layout.NUMBERED
    assert name_of(settings) == "bobbin"


def test_another_model_is_run_as_the_settings_say() -> None:
    settings = load(
        {
            "TREADLE_MODEL": "some/model",
            "TREADLE_MODEL_REVISION": "v1",
            "TREADLE_MODEL_DEVICE": "cuda:1",
            "TREADLE_MODEL_DTYPE": "float16",
            "TREADLE_MODEL_THREADS": "3",
            "TREADLE_MODEL_ROWS": "8",
            "TREADLE_MODEL_CACHE_TOKENS": "2048",
            "TREADLE_MODEL_PIECE_TOKENS": "16",
            "TREADLE_MODEL_TEMPERATURE": "0.5",
            "TREADLE_MODEL_TOP_P": "0.9",
        }
    )

    assert spec_of(settings) == ModelSpec(
        source="some/model",
        revision="v1",
        device="cuda:1",
        dtype="float16",
        threads=3,
        rows=8,
        cache_tokens=2048,
        piece_tokens=16,
        temperature=0.5,
        top_p=0.9,
    )
    assert layout_of(settings) is Layout.PASSAGES
    assert name_of(settings) == "some/model"


def test_replies_name_the_last_part_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert name_of(load({"TREADLE_MODEL": str(tmp_path / "mine")})) == "mine"
    assert name_of(load({"TREADLE_MODEL": f"{tmp_path}/mine/../mine/"})) == "mine"


def test_limits_and_prices_of_an_ask() -> None:
    meter = meter_of(
        load(
            {
                "TREADLE_MODEL_MAX_COST": "3",
                "TREADLE_MODEL_PRICE_READ": "1",
                "TREADLE_MODEL_PRICE_WRITTEN": "2",
            }
        )
    )
    meter.add(Usage(read=500_000))
    assert not meter.spent
    meter.add(Usage(written=1_250_000))
    # 0.5 * 1 + 1.25 * 2
    assert meter.usage.cost == pytest.approx(3.0)
    assert meter.spent


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({"TREADLE_MODEL": "bobbin"}, LocalModel),
        ({"TREADLE_MODEL": "some/model"}, LocalModel),
        (
            {"TREADLE_MODEL": "some/model", "TREADLE_MODEL_URL": "http://127.0.0.1:1/v1"},
            RemoteModel,
        ),
    ],
)
def test_where_the_model_runs(variables: dict[str, str], kind: type) -> None:
    with closing(open_model(load(variables))) as model:
        assert isinstance(model, kind)


def test_extract_is_no_model() -> None:
    with pytest.raises(ValueError, match="without a model"):
        open_model(load({"TREADLE_MODEL": "extract"}))


def test_nothing_that_models_need_is_imported_here() -> None:
    heavy = "{'torch', 'transformers', 'peft', 'numpy'} & set(sys.modules)"
    program = f"import sys, app.models.catalogue; sys.exit(str({heavy} or ''))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr.strip() == b""


def test_bobbin_is_asked_only_what_it_can_tell() -> None:
    figures = json.loads((BOBBIN_FOLDER / "figures.json").read_text("utf-8"))
    share = figures["measures"]["addresses"]["value"]
    assert addresses(Settings(model="bobbin")) == (share >= 0.8)
    assert addresses(Settings(model="someone/some-model"))
