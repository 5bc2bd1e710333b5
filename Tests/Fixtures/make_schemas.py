"""Writes Tests/Fixtures/schemas/cases.json: schemas, values, and whether each value fits.

Needs the package jsonschema:
    python3 Tests/Fixtures/make_schemas.py
"""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

SCHEMAS = [
    {}, True, False,
    {"type": "object"}, {"type": ["string", "null"]}, {"type": "integer"}, {"type": "number"},
    {"enum": [1, "a", None, {"a": [1.0]}]}, {"const": {"b": 2, "a": 1}}, {"const": 1},
    {"const": True}, {"enum": [0]},
    {"minimum": 2, "maximum": 5}, {"exclusiveMinimum": 2, "exclusiveMaximum": 5},
    {"multipleOf": 2}, {"minLength": 2, "maxLength": 3}, {"pattern": "^[a-z]+[0-9]?$"},
    {"pattern": "b"}, {"pattern": "^\\d{2}$"},
    {"items": {"type": "integer", "minimum": 0}, "minItems": 1, "maxItems": 3},
    {"uniqueItems": True},
    {"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "required": ["a"]},
    {"properties": {"a": {}}, "additionalProperties": False},
    {"properties": {"a": {}}, "additionalProperties": {"type": "string"}},
    {"minProperties": 1, "maxProperties": 2},
    {"anyOf": [{"type": "string"}, {"minimum": 3}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 3}]},
    {"allOf": [{"type": "integer"}, {"minimum": 3}]}, {"not": {"type": "string"}},
    {"type": "object", "required": ["name", "tags"], "additionalProperties": False,
     "properties": {"name": {"type": "string", "minLength": 1},
                    "tags": {"type": "array", "items": {"enum": ["x", "y"]}, "uniqueItems": True},
                    "size": {"anyOf": [{"type": "null"}, {"type": "number", "minimum": 0}]}}},
]

VALUES = [
    None, True, False, 0, 1, 1.0, 2, 3, 4, 5, 2.5, -1, 10**20, 1e300, "", "a", "ab", "abc", "abcd",
    "ab1", "12", "12\n", "x\nab", "é", "😀😀", [], [0], [1, 1.0], [1, True], [0, False], [1, 2, 3, 4],
    [-1], ["a"], [{"a": 1, "b": 2}, {"b": 2, "a": 1}], {}, {"a": 1}, {"a": 1.0}, {"a": "x"},
    {"a": [1]}, {"b": "x"}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": "x"},
    {"a": 1, "b": "x", "c": 3}, {"a": 1, "c": "y"},
    {"name": "n", "tags": []}, {"name": "n", "tags": ["x", "y"], "size": None},
    {"name": "", "tags": []}, {"name": "n", "tags": ["x", "x"]}, {"name": "n", "tags": ["z"]},
    {"name": "n", "tags": [], "size": -1}, {"name": "n", "tags": [], "size": 1, "more": 0},
]

cases = [
    {"schema": schema,
     "fits": [Draft202012Validator(schema).is_valid(value) for value in VALUES]}
    for schema in SCHEMAS
]
folder = Path(__file__).parent / "schemas"
folder.mkdir(exist_ok=True)
lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
values = ",\n".join(json.dumps(value, ensure_ascii=False) for value in VALUES)
(folder / "cases.json").write_text(f'{{"values": [\n{values}\n],\n"cases": [\n{lines}\n]}}\n')
