"""Settings are read once, checked at once, and never shown."""

from pathlib import Path

import pytest

from app import credentials
from app.errors import ConfigError
from app.settings import Settings, load, require_app

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----"


def faults(**variables: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load({f"TREADLE_{name}": value for name, value in variables.items()})
    return list(caught.value.faults)


def test_everything_has_a_default() -> None:
    assert load({}) == Settings()


def test_other_programs_variables_are_left_alone() -> None:
    assert load({"PORT": "1", "MY_TREADLE_PORT": "2"}).port == 8080


def test_an_empty_variable_counts_as_unset() -> None:
    assert load({"TREADLE_PORT": ""}).port == 8080


def test_variables_are_converted() -> None:
    settings = load({"TREADLE_PORT": "9000", "TREADLE_BACKOFF": "0.5", "TREADLE_DATA_DIR": "/d"})
    assert (settings.port, settings.backoff, settings.data_dir) == (9000, 0.5, Path("/d"))


def test_overrides_win_over_the_environment() -> None:
    assert load({"TREADLE_PORT": "9000"}, port=1234).port == 1234


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("GITHUB_TIMEOUT", "0"),
        ("ASK_CONCURRENCY", "0"),
        ("ATTEMPTS", "21"),
        ("LOG_LEVEL", "loud"),
        ("MODEL_DEVICE", "tpu"),
        ("MODEL_URL", "http://127.0.0.1:8000/v1"),
        ("GITHUB_API_URL", "api.github.com"),
        ("GITHUB_API_URL", "ftp://api.github.com"),
        ("GITHUB_API_URL", "file:///etc/passwd"),
        ("GITHUB_API_URL", "https://"),
        ("GITHUB_API_URL", "https:///api/v3"),
        ("GITHUB_API_URL", " https://api.github.com"),
        ("GITHUB_API_URL", "https://api.github.com "),
        ("GITHUB_API_URL", "https://git hub.example/api/v3"),
        ("GITHUB_API_URL", "https://git.example/api/v3\n"),
        ("GITHUB_API_URL", "https://git.example:port/api/v3"),
        ("GITHUB_API_URL", "https://[git.example/api/v3"),
        ("GITHUB_API_URL", "https://me:secret@git.example/api/v3"),
        ("GITHUB_API_URL", "https://git.example/api/v3?a=b"),
        ("WEBHOOK_PROXY", "http://smee.example/channel"),
        ("WEBHOOK_PROXY", "smee.example/channel"),
        ("WEBHOOK_PROXY", "https://me:secret@smee.example/channel"),
        ("WEBHOOK_PROXY", "https://smee.example:port/channel"),
        ("DATABASE_URL", "treadle.db"),
        ("DATABASE_URL", "sqlite://treadle.db"),
        ("DATABASE_URL", "mysql://u@h/d"),
        ("DATABASE_URL", "postgresql"),
        ("DATABASE_URL", "postgresql+asyncpg://u@h/d"),
        ("DATABASE_URL", "postgresqlite://u@h/d"),
        ("SIGNING_KEYS", "no colon"),
        ("SIGNING_KEYS", "a:tooshort"),
        ("SIGNING_KEYS", "a b:0123456789abcdef"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    (fault,) = faults(**{name: value})
    assert fault.startswith(f"TREADLE_{name}: ")


def test_all_faults_are_listed_at_once() -> None:
    found = faults(PORT="x", BACKOFF="y", PROT="8080", COLOUR="red")
    assert [fault.partition(":")[0] for fault in found] == [
        "TREADLE_COLOUR",
        "TREADLE_PROT",
        "TREADLE_PORT",
        "TREADLE_BACKOFF",
    ]


def test_a_fault_never_repeats_the_value() -> None:
    found = faults(
        SIGNING_KEYS="hunter2",
        PORT="hunter3",
        DATABASE_URL="hunter4",
        GITHUB_API_URL="https://hunter5:hunter6/",
    )
    assert len(found) == 4
    assert "hunter" not in " ".join(found)


def test_signing_keys_keep_their_order() -> None:
    keys = load({"TREADLE_SIGNING_KEYS": "b:0123456789abcdef, a:fedcba9876543210,"}).signing_keys
    assert [(name, key.get_secret_value()) for name, key in keys.items()] == [
        ("b", "0123456789abcdef"),
        ("a", "fedcba9876543210"),
    ]


def test_secrets_are_not_shown() -> None:
    settings = load(
        {
            "TREADLE_PRIVATE_KEY": "shown-1",
            "TREADLE_WEBHOOK_SECRET": "shown-2",
            "TREADLE_ADMIN_TOKEN": "shown-3",
            "TREADLE_SIGNING_KEYS": "a:shown-4-0123456789",
        }
    )
    assert "shown" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("url", "database", "queue"),
    [
        ("", "sqlite:////data/treadle.db", "sqlite:////data/queue.db"),
        ("sqlite:////elsewhere.db", "sqlite:////elsewhere.db", "sqlite:////data/queue.db"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h:6543/d", "postgresql+psycopg://u@h:6543/d", None),
        (
            "postgresql://u:p@h.supabase.example/d",
            "postgresql+psycopg://u:p@h.supabase.example/d",
            None,
        ),
        (
            "postgresql://postgres.ref:p%40s:w@aws-0-eu.pooler.supabase.com:5432/postgres",
            "postgresql+psycopg://postgres.ref:p%40s:w@aws-0-eu.pooler.supabase.com:5432/postgres"
            "?sslmode=require",
            None,
        ),
        (
            "postgresql://u@db.ref.supabase.co/postgres?application_name=x",
            "postgresql+psycopg://u@db.ref.supabase.co/postgres?application_name=x&sslmode=require",
            None,
        ),
        (
            "postgresql://u@db.ref.supabase.co/postgres?sslmode=verify-full",
            "postgresql+psycopg://u@db.ref.supabase.co/postgres?sslmode=verify-full",
            None,
        ),
    ],
)
def test_databases(url: str, database: str, queue: str | None) -> None:
    settings = load({"TREADLE_DATABASE_URL": url, "TREADLE_DATA_DIR": "/data"})
    assert (settings.database, settings.queue_database) == (database, queue or database)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres",
        "postgres://postgres:p:5432@db.ref.supabase.co:6543/postgres?sslmode=require",
        "postgresql+psycopg://u@x.pooler.SUPABASE.com:6543",
    ],
)
def test_a_pooler_without_sessions_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"transaction pooler .*5432") as caught:
        load({"TREADLE_DATABASE_URL": url})
    assert len(caught.value.faults) == 1
    assert "ref" not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"DATABASE_SCHEMA": "public"}, "DATABASE_SCHEMA: take a schema of its own"),
        ({"QUEUE_SCHEMA": "pg_queue"}, "QUEUE_SCHEMA: take a schema of its own"),
        ({"QUEUE_SCHEMA": "treadle"}, "QUEUE_SCHEMA: take another schema than"),
        ({"DATABASE_SCHEMA": "a", "QUEUE_SCHEMA": "a"}, "QUEUE_SCHEMA: take another schema than"),
        ({"DATABASE_SCHEMA": 'x"; DROP'}, "DATABASE_SCHEMA: String should match"),
        ({"DATABASE_CONNECTIONS": "1"}, "DATABASE_CONNECTIONS: Input should be greater"),
    ],
)
def test_schemas_and_connections_that_will_not_do(variables: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load({f"TREADLE_{name}": value for name, value in variables.items()})


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://API.GitHub.com", "https://github.com"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("https://api.acme.ghe.com/", "https://acme.ghe.com"),
        ("https://git.example/api/v3", "https://git.example"),
        ("https://git.example:8443/api/v3/", "https://git.example:8443"),
        ("https://api.git.example/api/v3", "https://api.git.example"),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
    ],
)
def test_the_pages_that_belong_to_an_api(api: str, web: str) -> None:
    assert load({"TREADLE_GITHUB_API_URL": api}).web_url == web


def app_settings(**changes: str) -> Settings:
    given = {"APP_ID": "1", "WEBHOOK_SECRET": "s", "PRIVATE_KEY": KEY} | changes
    return load({f"TREADLE_{name}": value for name, value in given.items()})


def test_the_key_is_taken_from_its_variable_with_escaped_line_ends() -> None:
    assert require_app(app_settings(PRIVATE_KEY=KEY.replace("\n", "\\n"))) == KEY


def test_the_key_is_taken_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(KEY, "utf-8")
    assert require_app(app_settings(PRIVATE_KEY="", PRIVATE_KEY_FILE=str(file))) == KEY


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"APP_ID": ""}, ["TREADLE_APP_ID"]),
        ({"WEBHOOK_SECRET": ""}, ["TREADLE_WEBHOOK_SECRET"]),
        ({"PRIVATE_KEY": ""}, ["TREADLE_PRIVATE_KEY or"]),
        ({"PRIVATE_KEY": "no PEM"}, ["not PEM"]),
        ({"PRIVATE_KEY": "", "PRIVATE_KEY_FILE": "/no/such/file"}, ["cannot be read: No such"]),
        (
            {"APP_ID": "", "WEBHOOK_SECRET": "", "PRIVATE_KEY": ""},
            ["TREADLE_APP_ID", "TREADLE_WEBHOOK_SECRET", "TREADLE_PRIVATE_KEY or"],
        ),
    ],
)
def test_what_github_needs_is_listed_at_once(changes: dict[str, str], named: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        require_app(app_settings(**changes))
    assert len(caught.value.faults) == len(named)
    for fault, name in zip(caught.value.faults, named, strict=True):
        assert name in fault


def test_half_an_app_beside_one_that_is_kept_says_how_to_use_that(tmp_path: Path) -> None:
    environment = {"TREADLE_APP_ID": "1", "TREADLE_DATA_DIR": str(tmp_path)}

    def told() -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(environment, app=True)
        return list(caught.value.faults)

    assert len(told()) == 2
    (tmp_path / credentials.FILE).touch()
    *_, last = told()
    assert last == (
        f"{tmp_path / credentials.FILE} keeps an App: to use that one, unset TREADLE_APP_ID and "
        "its keys"
    )


def test_what_is_faulty_and_what_is_missing_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load({"TREADLE_PORT": "many", "TREADLE_NONSENSE": "1"}, app=True)
    told = "\n".join(caught.value.faults)
    for name in ("PORT", "NONSENSE", "APP_ID", "WEBHOOK_SECRET", "PRIVATE_KEY"):
        assert f"TREADLE_{name}" in told
    assert "Value error" not in told
    assert load({}).app_id == 0
