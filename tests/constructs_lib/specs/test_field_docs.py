"""The descriptions of fields are what stands under them."""

from constructs_lib.specs.base import Spec
from constructs_lib.specs.field_docs import field_docs


class Room(Spec):
    """A room."""

    width: int
    """How wide it is, in
    metres."""

    height: int = 3
    """How high it is."""

    name: str = "hall"


class Cellar(Room):
    """A room below."""

    damp: bool = False
    """Whether it is damp."""

    height: int = 2
    """How high it is, below the beams."""


def test_a_field_is_described_by_what_stands_under_it() -> None:
    assert field_docs(Room) == {"width": "How wide it is, in\nmetres.", "height": "How high it is."}


def test_fields_of_the_class_above_are_described_too_and_the_own_text_wins() -> None:
    assert field_docs(Cellar) == {
        "width": "How wide it is, in\nmetres.",
        "height": "How high it is, below the beams.",
        "damp": "Whether it is damp.",
    }


def test_the_schema_of_a_spec_describes_its_fields_and_those_of_a_spec_inside_it() -> None:
    class House(Spec):
        cellar: Cellar
        """What is below."""

    schema = House.model_json_schema()
    assert schema["properties"]["cellar"]["description"] == "What is below."
    assert schema["$defs"]["Cellar"]["properties"]["damp"]["description"] == "Whether it is damp."
