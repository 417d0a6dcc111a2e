"""The record of a cell."""

import pytest

from constructs_lib.cell_record import CellRecord
from constructs_lib.specs.errors import InputError
from tests.constructs_lib.sample_service import SampleService, resource


def build(path="/cells/acme-crm/dev", values=None):
    sample = SampleService()
    CellRecord(sample.stack, "Record", path=path, values=values or {"blueprint-version": "1"})
    return sample.template()


def test_a_value_is_found_under_the_path_of_the_cell():
    parameter = resource(build(), "AWS::SSM::Parameter")

    assert (parameter["Name"], parameter["Value"]) == ("/cells/acme-crm/dev/blueprint-version", "1")
    assert (parameter["Type"], parameter["Tier"]) == ("String", "Standard")


def test_the_order_of_the_values_does_not_matter():
    values = {"size": "dev", "domain": "crm.example.com"}

    assert build(values=values).to_json() == build(values=dict(reversed(values.items()))).to_json()


def test_two_cells_have_the_same_logical_ids():
    one, other = build("/cells/acme-crm/dev"), build("/cells/globex-erp/prod")

    assert one.to_json()["Resources"].keys() == other.to_json()["Resources"].keys()


@pytest.mark.parametrize("path", ["cells/acme-crm", "/cells/acme-crm/", "/cells//dev", ""])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(InputError, match="is not the path of a record"):
        build(path=path)


@pytest.mark.parametrize("name", ["Size", "a/b", "", "-size"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(InputError, match="is not a name in a cell's record"):
        build(values={name: "1"})
