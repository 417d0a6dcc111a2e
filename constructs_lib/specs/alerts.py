"""Where the alarms of a cell go."""

from collections import Counter
from typing import Annotated, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

AlarmPrefix = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]
"""How the names of some alarms begin: `cell-data` for database and cache, `cell-edge` for the front door."""


class EmailAlert(Spec):
    """A person or a list that gets mail. AWS asks the address once to confirm."""

    address: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
    alarms: tuple[AlarmPrefix, ...] = ()
    """Only alarms whose names begin with one of these. Default: all."""


class SlackAlert(Spec):
    """A Slack channel, through Amazon Q Developer in chat applications. All alarms go there.

    The workspace is authorized once for each account, by a person in the AWS console: there is no API for it.
    """

    workspace: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,255}$")]
    """The workspace's id, such as `T0123ABCD`: in the console after it is authorized."""
    channel: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$", max_length=255)]
    """The channel's id, the last part of its link, such as `C0123ABCD`."""


class PagerDutyAlert(Spec):
    """A PagerDuty service with the integration `Amazon CloudWatch`.

    Its integration URL is the external secret `alerts/pagerduty-url`, because who knows it can open incidents.
    """

    alarms: tuple[AlarmPrefix, ...] = ()
    """Only alarms whose names begin with one of these. Default: all."""


class AlertsSpec(Spec):
    """Where the alarms of a cell go, from both of its regions. Nowhere by default: they are on the dashboard only."""

    email: tuple[EmailAlert, ...] = ()
    slack: SlackAlert | None = None
    pagerduty: PagerDutyAlert | None = None

    @model_validator(mode="after")
    def _addresses_are_named_once(self) -> Self:
        twice = [address for address, count in Counter(one.address for one in self.email).items() if count > 1]
        if twice:
            raise ValueError(f"email names {twice[0]} twice: give it all its alarms in one place")
        return self
