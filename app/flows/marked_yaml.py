"""Reads a small YAML file of a stranger's, keeping the line of every value.

Only what a configuration needs is allowed: one document, no aliases (a few of them can blow
up to gigabytes), no tags, no key twice, little depth.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_BYTES = 32 * 1024
MAX_DEPTH = 8


class YamlFault(ValueError):
    """The text is not the YAML that is read here.

    Attributes:
        line: where, from 1; 0 where the whole file is meant.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedYaml:
    """A document and the line (from 1) that each path of keys and indexes in it stands in."""

    value: object
    lines: Mapping[tuple[str | int, ...], int]


def read(text: bytes) -> MarkedYaml:
    """Reads one document; an empty one is None.

    Raises:
        YamlFault: with the line and what is wrong, quoting nothing of the text.
    """
    if len(text) > MAX_BYTES:
        raise YamlFault(f"the file is larger than {MAX_BYTES // 1024} KiB")
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise YamlFault("the file is not UTF-8 text", line) from None
    try:
        for line, fault in _refused(decoded):
            raise YamlFault(fault, line)
        node = yaml.compose(decoded, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise YamlFault(
            "this is not YAML; look for a missing quote, bracket or space, or a tab",
            _line(error.problem_mark or error.context_mark),
        ) from None
    except yaml.YAMLError:
        raise YamlFault("the file has characters that YAML does not allow") from None
    lines: dict[tuple[str | int, ...], int] = {}
    value = None if node is None else _value(node, (), lines)
    return MarkedYaml(value=value, lines=lines)


def _refused(text: str) -> Iterator[tuple[int, str]]:
    """Yields what is refused, before anything is built from it."""
    depth = documents = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                yield line, "only one document is read; take the `---` away"
        elif isinstance(event, yaml.AliasEvent):
            yield line, "aliases (`*name`) are not allowed; write the value out"
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield line, "the values are nested too deeply"
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
            yield line, "tags (`!name`) are not allowed"


def _value(
    node: Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]
) -> object:
    line = _line(node.start_mark)
    lines.setdefault(path, line)
    if isinstance(node, MappingNode):
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            at = _line(key_node.start_mark)
            if not isinstance(key_node, ScalarNode):
                raise YamlFault("a key has to be a word", at)
            key = str(key_node.value)
            if key in mapping:
                raise YamlFault("this key stands here twice", at)
            lines[(*path, key)] = at
            mapping[key] = _value(value_node, (*path, key), lines)
        return mapping
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, index), lines) for index, item in enumerate(node.value)]
    try:
        value: object = SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError):
        raise YamlFault("this value cannot be read; put it in quotes", line) from None
    if isinstance(value, float) and not math.isfinite(value):
        raise YamlFault("a number has to be finite", line)
    return value


def _line(mark: Any) -> int:
    """Returns the line of a PyYAML mark from 1, or 0 where there is no mark."""
    return 0 if mark is None else int(mark.line) + 1
