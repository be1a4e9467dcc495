import pytest

from app.training.bobbin.licences import named, permissive


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("MIT AND PSF-2.0", True),
        ("Apache-2.0 WITH LLVM-exception AND BSL-1.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("MPL-2.0 AND MIT", False),
        ("MIT AND (GPL-3.0-only OR BSD-2-Clause)", True),
        ("(MIT OR ISC) AND LGPL-3.0-only", False),
        ("MIT OR MIT AND LGPL-3.0-only", True),
        ("LGPL-3.0-only", False),
        ("GPLv2 with linking exception", False),
        ("BSD", False),
        ("MIT AND", False),
        ("(MIT", False),
        ("MIT ISC", False),
        ("", False),
        (None, False),
    ],
)
def test_only_permissive_licences_are_trained_on(expression: str | None, allowed: bool) -> None:
    assert permissive(expression) is allowed


APACHE = "License :: OSI Approved :: Apache Software License"
BSD = "License :: OSI Approved :: BSD License"
MIT = "License :: OSI Approved :: MIT License"


@pytest.mark.parametrize(
    ("expression", "field", "classifiers", "text", "expected"),
    [
        ("MIT OR Apache-2.0", "whatever", [BSD], "", "MIT OR Apache-2.0"),
        ("", "Apache", [], "", "Apache-2.0"),
        ("", "Apache 2.0 License", [APACHE], "", "Apache-2.0"),
        ("", "The MIT License (MIT)\n\nCopyright", [MIT], "", "MIT"),
        ("", "ISC License", [], "", "ISC"),
        ("", "", ["Topic :: Text", APACHE], "", "Apache-2.0"),
        ("", "BSD", [BSD], "Neither the name of the author", "BSD-3-Clause"),
        ("", "", [BSD], "Redistributions in binary form", "BSD-2-Clause"),
        ("", "BSD 2-Clause License", [BSD], "", "BSD-2-Clause"),
        ("", "BSD", [], "", None),
        ("", "", [], "MIT License", None),
        ("", "MPL-2.0 AND MIT", [MIT], "", "MPL-2.0 AND MIT"),
        ("", "", [MIT, "License :: OSI Approved :: GNU GPL"], "", "GNU GPL AND MIT"),
    ],
)
def test_a_licence_is_named_by_what_metadata_say(
    expression: str, field: str, classifiers: list[str], text: str, expected: str | None
) -> None:
    assert named(expression, field, classifiers, text) == expected
