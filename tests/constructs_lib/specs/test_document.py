from pathlib import Path

import pytest

from constructs_lib.specs.base import Spec
from constructs_lib.specs.document import load_document, load_spec
from constructs_lib.specs.errors import InputError


class Engine(Spec):
    power: int
    fuel: str


class Car(Spec):
    name: str
    engine: Engine
    doors: tuple[int, ...] = ()


def error_of(tmp_path: Path, text: str) -> InputError:
    path = tmp_path / "car.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_spec(path, Car)
    return caught.value


@pytest.mark.parametrize(
    "name,text,message,hint",
    [
        (
            "unknown field",
            "name: a\nengine:\n  power: 1\n  fuel: x\n  feul: y\n",
            "car.yaml:5: engine.feul is not a known field",
            "did you mean 'fuel'?",
        ),
        (
            "wrong type",
            "name: a\nengine: {power: fast, fuel: x}\n",
            "car.yaml:2: engine.power input should be a valid integer, unable to parse string as an integer, got",
            "",
        ),
        ("missing field", "name: a\n", "car.yaml:1: engine field required", "add the field 'engine'"),
        (
            "a number where YAML 1.1 would see an octal",
            "name: 010\nengine: {power: 1, fuel: x}\n",
            "car.yaml:1: name input should be a valid string, got 10",
            "put the value in quotes",
        ),
        ("double key", "name: a\nname: b\n", 'found duplicate key "name"', "check indentation, quotes and double keys"),
        ("broken YAML", "name: [a\nengine: 1\n", "car.yaml:2:", "check indentation, quotes and double keys"),
    ],
)
def test_names_line_value_and_cure(tmp_path: Path, name: str, text: str, message: str, hint: str) -> None:
    error = error_of(tmp_path, text)

    assert message in error.message, name
    assert error.hint == hint


def test_lists_every_mistake_of_a_file(tmp_path: Path) -> None:
    error = error_of(tmp_path, "name: a\nengine: {power: x}\ndoors: [a]\n")

    assert len(error.message.splitlines()) == 3


def test_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_document(tmp_path / "none.yaml")


def test_no_is_a_string_as_yaml_1_2_says(tmp_path: Path) -> None:
    path = tmp_path / "car.yaml"
    path.write_text("name: no\nengine: {power: 1, fuel: on}\n")

    assert load_spec(path, Car).name == "no"


def test_json_errors_name_their_line_too(tmp_path: Path) -> None:
    path = tmp_path / "thing.json"
    path.write_text('{\n  "a": 1,\n  "b": {\n    "c": "x"\n  }\n}\n')

    document = load_document(path)

    assert document.data == {"a": 1, "b": {"c": "x"}}
    assert document.line(("b", "c")) == 4


@pytest.mark.parametrize("text,line", [('{\n  "a": 1,\n  "a": 2\n}\n', 3), ('{\n  "a": 1,\n  "b": [\n}\n', 4)])
def test_json_with_a_double_key_or_a_broken_end_is_refused(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "thing.json"
    path.write_text(text)

    with pytest.raises(InputError, match=rf"thing\.json:{line}: "):
        load_document(path)
