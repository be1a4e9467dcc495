"""What is wrong with the form that an App is made from."""

import pytest

from app.web.setup_form import Filled, faults, filled, public_address

GITHUB = "https://github.com"
PUBLIC = "https://bot.example.org"


def form(**changes: str) -> Filled:
    """A form that is filled in well."""
    return filled({"owner": "personal", "reach": "public", "address": PUBLIC} | changes)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, set()),
        ({"address": " https://bot.example.org/treadle/ "}, set()),
        ({"address": "https://10.0.0.7:8443"}, set()),
        ({"owner": "organisation", "organisation": "acme-1"}, set()),
        ({"organisation": "-no-matter-"}, set()),
        ({"reach": "proxy", "proxy": "https://smee.io/new"}, set()),
        ({"reach": "proxy", "proxy": "http://127.0.0.1:8000/smee/new", "address": "x"}, set()),
        ({"owner": ""}, {"owner"}),
        ({"owner": "enterprise"}, {"owner"}),
        ({"owner": "organisation"}, {"organisation"}),
        ({"owner": "organisation", "organisation": "a--b"}, {"organisation"}),
        ({"owner": "organisation", "organisation": "../x"}, {"organisation"}),
        ({"reach": ""}, {"reach"}),
        ({"address": ""}, {"address"}),
        ({"address": "bot.example.org"}, {"address"}),
        ({"address": "http://bot.example.org"}, {"address"}),
        ({"address": "http://127.0.0.1:8080"}, {"address"}),
        ({"address": "https://localhost"}, {"address"}),
        ({"address": "https://me:secret@bot.example.org"}, {"address"}),
        ({"address": "https://bot.example.org/?a"}, {"address"}),
        ({"address": "javascript:alert(1)"}, {"address"}),
        ({"reach": "proxy", "proxy": "http://smee.io/new"}, {"proxy"}),
        ({"reach": "proxy", "proxy": ""}, {"proxy"}),
        ({"owner": "", "reach": ""}, {"owner", "reach"}),
    ],
)
def test_faults_are_named_by_their_fields(changes: dict[str, str], wrong: set[str]) -> None:
    assert set(faults(form(**changes), GITHUB)) == wrong


def test_a_github_of_this_machine_reaches_it_without_https() -> None:
    local = form(address="http://127.0.0.1:8080")
    assert not faults(local, "http://localhost:8000")
    assert faults(form(address="http://bot.example.org"), "http://localhost:8000")


@pytest.mark.parametrize(
    ("address", "base"),
    [
        (PUBLIC, PUBLIC),
        (PUBLIC + "/", PUBLIC),
        (PUBLIC + "/webhooks", PUBLIC),
        (PUBLIC + "/webhooks/", PUBLIC),
        (PUBLIC + "/a", PUBLIC + "/a"),
    ],
)
def test_what_deliveries_are_sent_beneath(address: str, base: str) -> None:
    assert public_address(address) == base
