"""Keeps a release from a database whose schema it cannot run on, and a schema from code that it would break.

A migration that takes something away (contract) comes two releases after the one that brought its successor (expand):
the release between the two has stopped using it. See docs/decisions/0043-two-numbers-say-what-a-migration-breaks.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cells.images.schema import SchemaVersion
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import DataLossError, InputError

if TYPE_CHECKING:
    from cells.deploy.clients import Clients


class LiveSchema(Spec):
    """What the last deployments left."""

    database: SchemaVersion
    """The newest schema that was migrated to: a database never goes back."""
    running: int
    """The schema that the code is written for that runs now."""


@dataclass(frozen=True)
class SchemaGate:
    """Compares the schema of a release with what is deployed, and remembers it in the Parameter Store."""

    clients: Clients
    parameter: str
    """Its name, such as `/cells/acme-crm/prod/eu-west-1/schema`."""
    wanted: SchemaVersion | None
    """The schema of the release; None when its build has not declared one."""

    def check(self) -> None:
        """Raise DataLossError when the code that runs, or the code that comes, does not fit the schema.

        Raises InputError for a release without a declared schema in a cell that had one with it.
        """
        live, wanted = self.live(), self.wanted
        if live is None:
            return
        if wanted is None:
            raise InputError(
                f"the database has schema {live.database.applies}, and the migrations of this release declare none",
                hint="add their digest to cells/images/schemas/<product>.json, as docs/images.md says",
            )
        if wanted.keeps > live.running:
            raise DataLossError(
                f"the migrations to schema {wanted.applies} break code older than {wanted.keeps}, "
                f"and code of schema {live.running} runs",
                hint=f"deploy the release of schema {wanted.keeps} first: it has let go of what these take away",
            )
        if wanted.applies < live.database.keeps:
            raise DataLossError(
                f"the database has schema {live.database.applies}, which breaks code older than {live.database.keeps}, "
                f"and this release is of schema {wanted.applies}",
                hint=f"go back no further than the release of schema {live.database.keeps}",
            )

    def migrating(self) -> None:
        """Note the schema before the migrations start: from here on the database may have it."""
        live, wanted = self.live(), self.wanted
        if wanted is None:
            return
        if live is None:
            self._note(LiveSchema(database=wanted, running=wanted.applies))
        elif wanted.applies > live.database.applies:
            self._note(LiveSchema(database=wanted, running=live.running))

    def deployed(self) -> None:
        """Note that the code of the release runs."""
        live = self.live()
        if live is not None and self.wanted is not None:
            self._note(LiveSchema(database=live.database, running=self.wanted.applies))

    def live(self) -> LiveSchema | None:
        """What is deployed; None when no release has declared a schema yet."""
        from botocore.exceptions import ClientError

        try:
            value = self.clients.ssm.get_parameter(Name=self.parameter)["Parameter"].get("Value", "")
        except ClientError as error:
            if "ParameterNotFound" in str(error):
                return None
            raise
        return LiveSchema.model_validate(json.loads(value))

    def forget(self) -> None:
        """Take the note away, with the database."""
        self.clients.ssm.delete_parameters(Names=[self.parameter])

    def _note(self, live: LiveSchema) -> None:
        if self.live() != live:
            self.clients.ssm.put_parameter(
                Name=self.parameter, Value=live.model_dump_json(), Type="String", Overwrite=True
            )
