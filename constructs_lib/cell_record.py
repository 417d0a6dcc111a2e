"""The record of a cell: what it is, for whoever looks into its account."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws_cdk import Token
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from constructs_lib.specs.errors import InputError

_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CellRecord(Construct):
    """SSM parameters `path/name`, one per value, in plain text. Nothing secret belongs here.

    The names are physical, so that they can be found without knowing a stack: they are built from the plan. Raises
    InputError for a path or name that is none.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-hierarchies.html
    """

    def __init__(self, scope: Construct, id: str, *, path: str, values: Mapping[str, str]) -> None:
        super().__init__(scope, id)
        if not Token.is_unresolved(path) and not _PATH.fullmatch(path):
            raise InputError(f"{path!r} is not the path of a record", hint="write it like /cells/acme-crm/dev")
        self.path = path
        self.parameters = {name: self._build_parameter(name, value) for name, value in sorted(values.items())}

    def _build_parameter(self, name: str, value: str) -> ssm.StringParameter:
        if not _NAME.fullmatch(name):
            raise InputError(f"{name!r} is not a name in a cell's record", hint="write it in kebab-case")
        return ssm.StringParameter(
            self,
            "".join(part.capitalize() for part in name.split("-")),
            parameter_name=f"{self.path}/{name}",
            string_value=value,
            description="Part of the record of a product cell",
            tier=ssm.ParameterTier.STANDARD,
        )
