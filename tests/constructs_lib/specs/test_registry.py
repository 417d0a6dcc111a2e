import pytest
from pydantic import ValidationError

from constructs_lib.specs.registry import Registry


def cell(environment: str, cidr: str, **more: str) -> dict[str, str]:
    return {
        "product": "acme-crm",
        "environment": environment,
        "region": "eu-west-1",
        "cidr": cidr,
        "domain": f"crm-{environment}.example.com",
        **more,
    }


@pytest.mark.parametrize(
    "name,cells,message",
    [
        (
            "overlap",
            [cell("dev", "10.0.0.0/20"), cell("prod", "10.0.8.0/21")],
            "10.0.8.0/21 of acme-crm/prod/eu-west-1",
        ),
        (
            "same cell twice",
            [cell("dev", "10.0.0.0/20"), cell("dev", "10.1.0.0/20")],
            "acme-crm/dev/eu-west-1 is recorded",
        ),
        ("active without account", [cell("dev", "10.0.0.0/20", state="active")], "must have an account"),
        ("not a network", [cell("dev", "10.0.0.1/20")], "has host bits set"),
        ("account as a number with eleven digits", [cell("dev", "10.0.0.0/20", account="12345678901")], "pattern"),
    ],
)
def test_rejects(name: str, cells: list[dict[str, str]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Registry.model_validate({"cells": cells})


def test_finds_a_cell_by_its_identity() -> None:
    registry = Registry.model_validate({"cells": [cell("dev", "10.0.0.0/20"), cell("prod", "10.0.16.0/20")]})

    found = registry.find(registry.cells[1].identity)

    assert found is not None
    assert found.cidr == "10.0.16.0/20"


def test_an_account_is_recorded_once() -> None:
    cell = {"product": "acme-crm", "environment": "dev", "cidr": "10.0.0.0/20", "domain": "a.example.com"}
    other = {**cell, "environment": "prod", "cidr": "10.0.16.0/20", "domain": "b.example.com"}
    one = {"region": "eu-west-1", "account": "111122223333", "state": "active"}

    with pytest.raises(ValidationError, match="the account 111122223333 is recorded for acme-crm-dev and for acme-crm"):
        Registry.model_validate({"cells": [{**cell, **one}, {**other, **one}]})
    with pytest.raises(ValidationError, match="the account 111122223333 is recorded for ci-cd and for acme-crm-dev"):
        Registry.model_validate(
            {"accounts": {"ci-cd": {"id": "111122223333", "state": "active"}}, "cells": [{**cell, **one}]}
        )
    elsewhere = {**cell, **one, "region": "eu-central-1", "cidr": "10.0.32.0/20", "domain": "c.example.com"}
    assert len(Registry.model_validate({"cells": [{**cell, **one}, elsewhere]}).cells) == 2
