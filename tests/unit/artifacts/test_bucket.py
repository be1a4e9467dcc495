"""Adapters' files in Supabase Storage, through its own client and over real sockets."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.artifacts import open_artifacts
from app.errors import ConfigError, TransientError, TreadleError, UserError
from app.ports.artifacts import Artifacts
from app.settings import load
from tests.unit.artifacts.made import CONFIG, FILES, NAME, WEIGHTS, trained
from tests.unit.artifacts.storage_server import KEY, Fault, StorageServer, fault


@pytest.fixture
def server() -> Iterator[StorageServer]:
    with StorageServer() as running:
        yield running


def artifacts(server: StorageServer, folder: Path, **given: str) -> Artifacts:
    variables = {
        "ARTIFACTS": "supabase",
        "SUPABASE_URL": server.url,
        "SUPABASE_SERVICE_KEY": KEY,
        "SUPABASE_TIMEOUT": "20",
    } | given
    settings = load({f"TREADLE_{name}": value for name, value in variables.items()})
    return open_artifacts(settings.model_copy(update={"data_dir": folder}))


@pytest.fixture
def kept(server: StorageServer, tmp_path: Path) -> Iterator[Artifacts]:
    opened = artifacts(server, tmp_path / "here")
    yield opened
    opened.close()


@pytest.fixture
def other(server: StorageServer, tmp_path: Path) -> Iterator[Artifacts]:
    """The same bucket as another machine sees it."""
    opened = artifacts(server, tmp_path / "there")
    yield opened
    opened.close()


class TestNames:
    def test_there_are_none_without_a_bucket(self, kept: Artifacts) -> None:
        assert kept.names("r7-") == []

    def test_those_that_begin_so_are_listed(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        source = trained(tmp_path / "a")
        for name in ("r7-0001-0badc0de", "r77-0001-0badc0de", "r7-0002-0badc0de"):
            kept.put(name, source)
        assert kept.names("r7-") == ["r7-0001-0badc0de", "r7-0002-0badc0de"]

    def test_all_pages_are_read(self, kept: Artifacts, server: StorageServer) -> None:
        server.buckets["treadle"] = False
        names = [f"r7-{number:04d}-0badc0de" for number in range(250)]
        for name in names:
            server.objects["treadle", f"{name}/adapter_config.json"] = CONFIG
        assert kept.names("r7-") == names

    def test_a_refused_key_is_said(self, server: StorageServer, tmp_path: Path) -> None:
        server.answers.append((403, fault(Fault(403, "Invalid Compact JWS"))))
        opened = artifacts(server, tmp_path / "x")
        with pytest.raises(ConfigError, match="SUPABASE_SERVICE_KEY"):
            opened.names("r7-")
        opened.close()


class TestKeeping:
    def test_nothing_is_sent_before_it_is_wanted(
        self, kept: Artifacts, server: StorageServer
    ) -> None:
        assert server.requests == []

    def test_what_one_machine_puts_another_fetches(
        self, kept: Artifacts, other: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        assert kept.put(NAME, trained(tmp_path / "a")) == FILES
        assert server.buckets == {"treadle": False}
        assert server.objects == {
            ("treadle", f"{NAME}/adapter_config.json"): CONFIG,
            ("treadle", f"{NAME}/adapter_model.safetensors"): WEIGHTS,
        }
        place = other.fetch(NAME, FILES)
        assert place == tmp_path / "there" / "adapters" / NAME
        assert (place / "adapter_config.json").read_bytes() == CONFIG
        assert (place / "adapter_model.safetensors").read_bytes() == WEIGHTS

    def test_a_copy_that_is_whole_is_not_fetched_again(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        kept.put(NAME, trained(tmp_path / "a"))
        kept.fetch(NAME, FILES)
        server.requests.clear()
        kept.fetch(NAME, FILES)
        assert server.requests == []

    def test_a_copy_that_is_damaged_is_fetched_anew(self, kept: Artifacts, tmp_path: Path) -> None:
        kept.put(NAME, trained(tmp_path / "a"))
        weights = kept.fetch(NAME, FILES) / "adapter_model.safetensors"
        weights.write_bytes(b"cut of")
        with capture_logs() as lines:
            assert kept.fetch(NAME, FILES) == weights.parent
        assert weights.read_bytes() == WEIGHTS
        assert [line["event"] for line in lines] == ["adapter.copy_damaged", "adapter.fetched"]

    def test_the_same_again_is_no_fault_and_another_is(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        kept.put(NAME, trained(tmp_path / "a"))
        # As after an upload that broke off in the middle.
        del server.objects["treadle", f"{NAME}/adapter_model.safetensors"]
        assert kept.put(NAME, trained(tmp_path / "b")) == FILES
        with pytest.raises(UserError, match=f"Other files are kept under the name {NAME}"):
            kept.put(NAME, trained(tmp_path / "c", b"other"))
        assert server.objects["treadle", f"{NAME}/adapter_model.safetensors"] == WEIGHTS

    def test_deleting(self, kept: Artifacts, server: StorageServer, tmp_path: Path) -> None:
        kept.delete(NAME)
        kept.put(NAME, trained(tmp_path / "a"))
        kept.put(NAME + "0", trained(tmp_path / "b"))
        kept.fetch(NAME, FILES)
        kept.delete(NAME)
        assert {path.partition("/")[0] for _, path in server.objects} == {NAME + "0"}
        assert list((tmp_path / "here" / "adapters").iterdir()) == []
        kept.delete(NAME)

    def test_another_bucket(self, server: StorageServer, tmp_path: Path) -> None:
        kept = artifacts(server, tmp_path, SUPABASE_BUCKET="weights-2")
        kept.put(NAME, trained(tmp_path / "a"))
        kept.close()
        assert server.buckets == {"weights-2": False}


class TestChecking:
    def test_changed_bytes_are_never_given_out(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        kept.put(NAME, trained(tmp_path / "a"))
        server.objects["treadle", f"{NAME}/adapter_model.safetensors"] = WEIGHTS + b"!"
        with pytest.raises(UserError, match=r"adapter_model\.safetensors not as it was kept"):
            kept.fetch(NAME, FILES)
        assert list((tmp_path / "here" / "adapters").iterdir()) == []

    def test_what_is_not_there_is_said(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        with pytest.raises(UserError, match="is not in Supabase Storage"):
            kept.fetch(NAME, FILES)
        kept.put(NAME, trained(tmp_path / "a"))
        server.objects.clear()
        with pytest.raises(UserError, match=r"adapter_config\.json of the adapter .* is not in"):
            kept.fetch(NAME, FILES)

    def test_a_public_bucket_is_refused(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        server.buckets["treadle"] = True
        with pytest.raises(ConfigError, match="treadle in Supabase Storage is public"):
            kept.put(NAME, trained(tmp_path / "a"))
        assert server.objects == {}

    @pytest.mark.parametrize("name", ["..", "../x", "a/b", "a?b", "a#b", "%2e%2e"])
    def test_no_name_leads_elsewhere(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path, name: str
    ) -> None:
        source = trained(tmp_path / "a")
        with pytest.raises(ValueError, match="is no adapter's name"):
            kept.put(name, source)
        with pytest.raises(ValueError, match="is no adapter's name"):
            kept.fetch(name, FILES)
        with pytest.raises(ValueError, match="is no adapter's name"):
            kept.delete(name)
        assert server.requests == []

    def test_no_file_leads_elsewhere(self, kept: Artifacts, server: StorageServer) -> None:
        with pytest.raises(UserError, match="is no file of an adapter"):
            kept.fetch(NAME, {"../../x.json": "0" * 64})
        assert server.requests == []


def said(status: int) -> bytes:
    return fault(Fault(status, "some_code", "eyJ-the-servers-own-words"))


class TestFaults:
    @pytest.mark.parametrize(
        ("status", "body", "kind", "words"),
        [
            (400, said(401), ConfigError, "refuses TREADLE_SUPABASE_SERVICE_KEY"),
            (403, said(403), ConfigError, "refuses TREADLE_SUPABASE_SERVICE_KEY"),
            (401, b'{"message": "Invalid API key"}', ConfigError, "SERVICE_KEY"),
            (400, said(413), UserError, "larger than Supabase Storage takes"),
            (429, said(429), TransientError, "passing fault .status 429"),
            (500, said(500), TransientError, "passing fault .status 500"),
            (502, b"<html>bad gateway</html>", TransientError, "passing fault .status 502"),
            (400, said(422), UserError, "refuses the call .status 422"),
            (400, b"[]", UserError, "refuses the call .status 400"),
            (301, b"", UserError, "refuses the call .status 301"),
            (200, b"<html>log in first</html>", TransientError, "is not Supabase Storage"),
            (200, b"{}", TransientError, "is not Supabase Storage"),
        ],
    )
    def test_each_says_what_to_do_and_not_what_the_server_said(
        self,
        kept: Artifacts,
        server: StorageServer,
        tmp_path: Path,
        status: int,
        body: bytes,
        kind: type[TreadleError],
        words: str,
    ) -> None:
        server.answers.append((status, body))
        with capture_logs() as lines, pytest.raises(kind, match=words) as caught:
            kept.put(NAME, trained(tmp_path / "a"))
        assert len(server.requests) == 1
        shown = f"{caught.value!r} {lines}"
        assert KEY not in shown
        assert "eyJ" not in shown

    def test_a_wrong_key(self, server: StorageServer, tmp_path: Path) -> None:
        kept = artifacts(server, tmp_path, SUPABASE_SERVICE_KEY="sb_secret_wrong")
        with pytest.raises(ConfigError, match="SERVICE_KEY") as caught:
            kept.fetch(NAME, FILES)
        kept.close()
        assert "sb_secret" not in str(caught.value)

    def test_a_fault_in_between_is_passed_over_by_the_next_try(
        self, kept: Artifacts, server: StorageServer, tmp_path: Path
    ) -> None:
        source = trained(tmp_path / "a")
        kept.put(NAME, source)
        server.objects.clear()
        server.answers += [(200, json.dumps({"Key": "k", "Id": "i"}).encode()), (500, said(500))]
        with pytest.raises(TransientError):
            kept.put(NAME, source)
        kept.put(NAME, source)
        assert len(server.objects) == 2

    def test_a_server_that_says_nothing_is_given_up(
        self, server: StorageServer, tmp_path: Path
    ) -> None:
        server.silent = True
        kept = artifacts(server, tmp_path, SUPABASE_TIMEOUT="0.3")
        with pytest.raises(TransientError, match="did not answer in time"):
            kept.fetch(NAME, FILES)
        kept.close()

    def test_a_server_that_is_not_there(self, tmp_path: Path) -> None:
        with StorageServer() as gone:
            pass
        kept = artifacts(gone, tmp_path)
        with pytest.raises(TransientError, match=r"cannot be reached \(ConnectError\)"):
            kept.delete(NAME)
        kept.close()
