import pytest

from app.weave.claimed import claims
from app.weave.claims import Claim


def told(text: str) -> list[str]:
    return [f"{claim.kind} {claim.text}" for claim in claims(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "See docs/guide.md and `src/app/main.py:12`.",
            ["path docs/guide.md", "path src/app/main.py"],
        ),
        ("Add `.ubiquity-os.config.yml` to the root.", ["path .ubiquity-os.config.yml"]),
        ("Add .ubiquity-os.config.yml there.", ["path .ubiquity-os.config.yml"]),
        ("Look into `app/weave/` or src/app/.", ["path app/weave/", "path src/app/"]),
        ("Run `tests/a.py::test_x`.", ["path tests/a.py", "symbol test_x"]),
        ("See [it](docs/a.md#part).", ["path docs/a.md"]),
        ("Pass --dry-run, `-v` or `--port=80`.", ["flag --dry-run", "flag -v", "flag --port"]),
        ("Use `--color/--no-color`.", ["flag --color", "flag --no-color"]),
        ("Run `$ make check`.", ["command make check"]),
        (
            "Run `loom serve --port 80 conf/x.toml`.",
            ["command loom serve --port 80 conf/x.toml", "flag --port", "path conf/x.toml"],
        ),
        ("`A_B=1 loom run && make x`", ["setting A_B", "command loom run", "command make x"]),
        ("Set `max_size = 3` or LOOM_PORT.", ["setting max_size", "setting LOOM_PORT"]),
        ("Set `min-score`.", ["setting min-score"]),
        ("`Client(timeout_s=5)`", ["symbol Client", "setting timeout_s"]),
        (
            "Call load_all() or `Loom.load` or loadAll.",
            ["symbol load_all", "symbol Loom.load", "symbol loadAll"],
        ),
        ("`from app.x import Y, z_z`", ["symbol app.x.Y", "symbol app.x.z_z"]),
        (
            "See https://x.org/a, <https://y.org/b>.",
            ["link https://x.org/a", "link https://y.org/b"],
        ),
        ("[it](https://x.org/a)", ["link https://x.org/a"]),
        ('It says "never sleeps at night".', ["quotation never sleeps at night"]),
        ("« jamais la nuit ici »", ["quotation  jamais la nuit ici "]),
        ("> one two three\n> four\n\nx_y", ["quotation one two three four", "symbol x_y"]),
        ('Press "a_b".', ["symbol a_b"]),
        ("设置max_size参数", ["symbol max_size"]),
        ("docs/größe.md", ["path docs/größe.md"]),
    ],
)
def test_names_that_have_to_exist(text: str, found: list[str]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Ordinary words, read-only and/or up-to-date, e.g. and i.e. TCP/IP, he/she.",
        "Version 1.2.3, v2.0rc1, >=3.11,<4, 10MB, 3/4, 2024-05-01, 12:30, 0xff, `3.11`.",
        "Write to a.b@c.org or `a@b.co`, mention @ada and #12.",
        "Put `<name>`, `YOUR_TOKEN`, `path/to/file`, `{x}` or `my-app/config` there.",
        "Not `*.py`, `src/**`, ~/.config/x.toml or /etc/hosts.",
        "GitHub, JavaScript, Node.js, PostgreSQL, macOS, URLs and IDs.",
        "Use `None`, `True`, `str`, `async`, `__init__` and `json`.",
        'Press "Save" or "Save all".',
        "Send application/json or `text/html`.",
        "*emphasis* and _emphasis_ and **both**",
        "See www for example, or example.com.",
        "",
    ],
)
def test_what_claims_nothing(text: str) -> None:
    assert told(text) == []


def test_fences_claim_commands_settings_and_names_that_they_do_not_make() -> None:
    shell = "```sh\n# say_so\n$ loom serve --port 80\nlistening on some_port\n```"
    assert told(shell) == ["command loom serve --port 80", "flag --port"]
    data = "```toml\n[tool.loom]\nmax_size = 3\nfile = 'conf/x.toml'\n```"
    assert told(data) == [
        "symbol tool.loom",
        "setting max_size",
        "setting file",
        "path conf/x.toml",
    ]
    code = (
        "```python\nimport os\nfrom loom.core import Loom\n\n"
        "my_loom = Loom(max_size=3)\nmy_loom.load_all()\nos.path_of()\n```"
    )
    assert told(code) == [
        "symbol loom.core.Loom",
        "symbol Loom",
        "setting max_size",
        "symbol load_all",
    ]
    assert told('```json\n{"a_b": 1}\n```') == []


def test_claims_say_where_a_remark_can_stand() -> None:
    text = "Set **`a_b`** or [x](docs/a.md), then “one two three”.\n\n```\nrun c_d\n```\nEnd."
    assert [text[claim.start : claim.end] for claim in claims(text) if not claim.fenced] == [
        "`a_b`",
        "[x](docs/a.md)",
        "“one two three”",
    ]
    (fenced,) = [claim for claim in claims(text) if claim.fenced]
    assert text[fenced.start : fenced.end] == "```\nrun c_d\n```"


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("`git commit --amend`", "git"),
        ("Use `pip install x` with `--upgrade`.", "pip"),
        ("Say git clone --depth there.", "git"),
        ("`uv run loom --deep`", "loom"),
        ("`python -m loom.run --deep`", "loom.run"),
        ("Use git. Then --deep.", ""),
    ],
)
def test_flags_say_whose_they_are(text: str, of: str) -> None:
    (flag,) = [claim for claim in claims(text) if claim.kind == "flag"]
    assert flag.of == of


def test_a_sentence_of_a_quotation_is_one() -> None:
    assert claims("one two three", quoted=True) == [
        Claim(kind=claims('"a b c"')[0].kind, text="one two three", end=13)
    ]
    assert claims("one two", quoted=True) == []


@pytest.mark.parametrize(
    "text",
    [
        *("`", "[", "](", "1", "#a", '"', "a_", "a/", "--a", "> ", "```\n", "“", "(a="),
        *("/", "@", "~", "...", "/a"),
        *("```py\n" + "\n" * 65_536, "```sh\n" + " |" * 30_000),
    ],
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    """Each is about as long as a comment may be; what is quadratic takes minutes."""
    assert len(claims(text * (65_536 // len(text) or 1))) <= 65_536


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("> Set the `a_b` first.", ["quotation Set the `a_b` first."]),
        ("> [!NOTE]\n> Set the `a_b` first.", ["symbol a_b"]),
        ("> **Warning:** set the `a_b` first.", ["symbol a_b"]),
    ],
)
def test_a_note_is_no_quotation(text: str, found: list[str]) -> None:
    assert told(text) == found


def test_half_a_pair_of_surrogates_is_in_no_name() -> None:
    found = claims("```sh\n\ud800 --deep\n```\n`a_b`")
    assert all(claim.text.isprintable() for claim in found)
    assert found[-1].text == "a_b" and found[-1].end == len("```sh\n? --deep\n```\n`a_b`")
