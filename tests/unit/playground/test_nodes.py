"""Node ids: stable, opaque, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.nodes import PREFIXES, node_id, parse_node_id


@given(st.sampled_from(sorted(PREFIXES)), st.integers(min_value=1, max_value=2**62))
def test_there_and_back(kind: str, number: int) -> None:
    assert parse_node_id(node_id(kind, number)) == (kind, number)


def test_it_stays_as_it_is() -> None:
    # "pg" and then 900001 = 0x0DBBA1 in eight bytes, in URL-safe base 64 without padding.
    assert node_id("IssueComment", 900_001) == "IC_cGcAAAAAAA27oQ"


@pytest.mark.parametrize("text", ["", "IC_", "IC_nope", "XX_cGcAAAAAAA27oQ", "IC_🙂", "900001"])
def test_what_is_none(text: str) -> None:
    assert parse_node_id(text) is None
