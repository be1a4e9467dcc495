"""Holds the playground to GitHub's official descriptions, where these are at hand.

They are three files in one folder: `rest-openapi-slice.json` (OpenAPI 3.0), `schema.graphql`
and `webhook-examples.json`.  GITHUB_DESCRIPTIONS names the folder; without it, one that is called
`github` is looked for in each folder beside the repository.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLNamedType,
    GraphQLSchema,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_union_type,
    parse,
    validate,
)
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

VARIABLE = "GITHUB_DESCRIPTIONS"
FILES = ("rest-openapi-slice.json", "schema.graphql", "webhook-examples.json")
ABSENT = "official GitHub descriptions are not here"
ROOT = "urn:github"


def find_facts(beside: Path = Path(__file__).parent.parent) -> Path | None:
    """The folder of the official descriptions, or None."""
    named = os.environ.get(VARIABLE)
    places = [Path(named)] if named else sorted(beside.parent.glob("*/github"))
    whole = (place for place in places if all((place / name).is_file() for name in FILES))
    return next(whole, None)


def as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema, and `anyOf` in place of `oneOf`.

    Several of GitHub's alternatives admit the same answer, so exactly one would be too strict.
    """
    if isinstance(node, list):
        return [as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {
        "anyOf" if _alternatives(key, value) else key: as_json_schema(value)
        for key, value in node.items()
        if not (key == "nullable" and value is True)
    }
    if node.get("nullable") is True:
        return {"anyOf": [result, {"type": "null"}]}
    return result


def _alternatives(key: str, value: Any) -> bool:
    if not isinstance(value, list):
        return False
    # The list of installations is described with accounts that are user and enterprise at once.
    titles = [item.get("title") for item in value if isinstance(item, dict)]
    return key == "oneOf" or (key == "allOf" and titles == ["Simple User", "Enterprise"])


class RestDescription:
    """GitHub's REST description, asked for problems with answers and webhooks."""

    def __init__(self, folder: Path) -> None:
        raw = json.loads((folder / "rest-openapi-slice.json").read_text())
        self._tree = as_json_schema(raw)
        resource = Resource.from_contents(self._tree, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(ROOT, resource)
        self._paths = {_bare(path): (path, methods) for path, methods in raw["paths"].items()}
        self._validators: dict[str, Validator] = {}
        self.asked: set[tuple[str, str, int]] = set()

    def describes(self, method: str, path: str) -> bool:
        """Whether the description has an operation; the names in braces do not matter."""
        return method.lower() in self._paths.get(_bare(path), ("", {}))[1]

    def reply_problems(self, method: str, path: str, status: int, content: Any) -> list[str]:
        """What is wrong with an answer; nothing for operations not described, and for bytes."""
        if not self.describes(method, path) or isinstance(content, bytes):
            return []
        self.asked.add((method, path, status))
        name, methods = self._paths[_bare(path)]
        responses = methods[method.lower()]["responses"]
        described = responses.get(str(status))
        if described is None:
            # Redirects and errors that any operation can give are not listed with each.
            if status in (301, 307):
                return []
            if status >= 400:
                return self._problems("/components/schemas/basic-error", content)
            return [f"{method} {path}: no {status} is described"]
        place = f"/paths/{_escape(name)}/{method.lower()}/responses/{status}"
        if "$ref" in described:
            place = described["$ref"].removeprefix("#")
            described = self._at(place)
        if "application/json" not in described.get("content", {}):
            return [] if content in (None, {}) else [f"{method} {path}: {status} has a body"]
        problems = self._problems(f"{place}/content/application~1json/schema", content)
        return [f"{method} {path} {status}: {problem}" for problem in problems]

    def event_problems(self, event: str, payload: Mapping[str, Any]) -> list[str]:
        """What is wrong with a webhook's payload; nothing for events not described."""
        parts = [event, *([payload["action"]] if "action" in payload else [])]
        name = "webhook-" + "-".join(parts).replace("_", "-")
        if name not in self._tree["components"]["schemas"]:
            return []
        problems = self._problems(f"/components/schemas/{_escape(name)}", payload)
        return [f"{name}: {problem}" for problem in problems]

    def _at(self, pointer: str) -> Any:
        node = self._tree
        for part in pointer.strip("/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        return node

    def _problems(self, pointer: str, content: Any) -> list[str]:
        if pointer not in self._validators:
            schema = {"$ref": f"{ROOT}#{_quoted(pointer)}"}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry)
        return [
            f"{error.json_path}: {error.message[:300]}"
            for error in self._validators[pointer].iter_errors(content)
        ]


def _bare(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _quoted(pointer: str) -> str:
    return pointer.replace("{", "%7B").replace("}", "%7D")


class GraphQLDescription:
    """GitHub's GraphQL schema, asked for problems with a part of it and with documents."""

    def __init__(self, folder: Path) -> None:
        self._text = (folder / "schema.graphql").read_text()

    @cached_property
    def schema(self) -> GraphQLSchema:
        """The whole schema; it breaks some rules itself, so it has to be taken as valid."""
        return build_schema(self._text, assume_valid=True, assume_valid_sdl=True)

    def document_problems(self, documents: Mapping[str, str]) -> list[str]:
        """What is wrong with documents, given by name."""
        return [
            f"{name}: {error.message}"
            for name, text in documents.items()
            for error in validate(self.schema, parse(text))
        ]

    def subset_problems(self, part: GraphQLSchema) -> list[str]:
        """Where a schema says anything that GitHub's does not."""
        problems: list[str] = []
        for name, ours in part.type_map.items():
            if name.startswith("__"):
                continue
            theirs = self.schema.type_map.get(name)
            if theirs is None or type(ours) is not type(theirs):
                problems.append(f"{name} is not there, or of another kind")
            else:
                problems.extend(_type_problems(ours, theirs))
        return problems


def read_documents(folder: Path) -> dict[str, str]:
    """The GraphQL documents in a folder, by file name."""
    return {path.name: path.read_text() for path in sorted(folder.rglob("*.graphql"))}


def _type_problems(ours: Any, theirs: Any) -> Iterable[str]:
    name = ours.name
    if is_enum_type(ours):
        yield from _extra(name, ours.values, theirs.values)
    if is_union_type(ours):
        yield from _extra(name, _names(ours.types), _names(theirs.types))
    if is_object_type(ours) or is_interface_type(ours):
        yield from _extra(name, _names(ours.interfaces), _names(theirs.interfaces))
    if is_object_type(ours) or is_interface_type(ours) or is_input_object_type(ours):
        yield from _extra(name, ours.fields, theirs.fields)
        for key in set(ours.fields) & set(theirs.fields):
            yield from _field_problems(f"{name}.{key}", ours.fields[key], theirs.fields[key])
    if is_input_object_type(ours):
        # An input may leave away what is optional there, and nothing else.
        for key, field in theirs.fields.items():
            if key not in ours.fields and str(field.type).endswith("!"):
                yield f"{name}.{key} is required there"


def _field_problems(
    name: str, ours: GraphQLField | GraphQLInputField, theirs: GraphQLField | GraphQLInputField
) -> Iterable[str]:
    if str(ours.type) != str(theirs.type):
        yield f"{name} is of type {theirs.type} there, not {ours.type}"
    if isinstance(ours, GraphQLField) and isinstance(theirs, GraphQLField):
        yield from _extra(name, ours.args, theirs.args)
        for key in set(ours.args) & set(theirs.args):
            mine, other = ours.args[key], theirs.args[key]
            if str(mine.type) != str(other.type) or _default(mine) != _default(other):
                yield f"{name}({key}) is {other.type} = {_default(other)} there"


def _default(argument: GraphQLArgument) -> str:
    node = argument.ast_node
    return "" if node is None or node.default_value is None else str(node.default_value.to_dict())


def _names(types: Iterable[GraphQLNamedType]) -> set[str]:
    return {item.name for item in types}


def _extra(name: str, ours: Iterable[str], theirs: Iterable[str]) -> Iterable[str]:
    for key in sorted(set(ours) - set(theirs)):
        yield f"{name}: {key} is not there"
