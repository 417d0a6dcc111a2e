"""What the containers of a cell need: environment and grants, collected from the modules before the tasks are made."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aws_cdk import aws_iam as iam

from constructs_lib.specs.errors import CellsError

Granter = Callable[[iam.IGrantable], iam.Grant | None]


@dataclass(kw_only=True)
class ContainerNeeds:
    """Collects what the modules say, so that a task definition is made once, with everything."""

    environment: dict[str, str] = field(default_factory=dict)
    grants: list[Granter] = field(default_factory=list)
    worker_grants: list[Granter] = field(default_factory=list)

    def set(self, name: str, value: str) -> None:
        """Set an environment variable. Two modules that claim one name are a mistake of theirs."""
        if name in self.environment:
            raise CellsError(f"environment variable {name} is set twice", hint="two modules claim it; rename one")
        self.environment[name] = value

    def apply(self, *, api: iam.IGrantable, worker: iam.IGrantable) -> None:
        """Give the roles what was asked for: the API and the worker everything, the worker its own besides."""
        for grant in self.grants:
            grant(api)
            grant(worker)
        for grant in self.worker_grants:
            grant(worker)
