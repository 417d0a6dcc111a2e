"""What pages of a cell may do with its files bucket."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assembly.load import CloudAssembly

Cell = Callable[[str], Path]


@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize("directive", ["connect-src 'self'", "img-src 'self' data:"])
def test_pages_call_and_show_the_files_bucket_and_no_other_host(cell: Cell, environment: str, directive: str) -> None:
    assembly = CloudAssembly.load(cell(environment))
    edge = assembly.stack("ProductCell-Edge")
    (headers,) = [one for one in edge.resources.values() if one["Type"] == "AWS::CloudFront::ResponseHeadersPolicy"]
    policy = json.dumps(headers)

    _, _, sources = policy.partition(f"{directive} ")
    named = sources.partition("; ")[0]

    assert named.startswith('https://", {"Fn::GetStackOutput": ')
    assert named.count("OutputName") == 1
    output = named.partition('"OutputName": "')[2].partition('"')[0]
    value = json.loads(json.dumps(assembly.stack("ProductCell-Data").template["Outputs"]))[output]["Value"]
    bucket, attribute = value["Fn::GetAtt"]
    assert (bucket.startswith("StorageFiles"), attribute) == (True, "RegionalDomainName")
