"""What an organization declares about its CI/CD account: which repositories may deploy, and who runs their jobs."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

Compute = Literal["small", "medium", "large"]
"""2, 4 or 8 virtual CPUs of a runner."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=100)]

_MAX_SUBJECT_CHARACTERS = 1500
"""What is left for subjects of the 2,048 characters of a trust policy. See
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""


class Repository(Spec):
    """A GitHub repository whose workflows may become the pipeline role.

    Only jobs of the named branches, and jobs of the named GitHub environments, may: a pull request never. See
    https://docs.github.com/en/actions/concepts/security/openid-connect.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$")]
    """Owner and name, such as `example/platform`."""
    branches: tuple[Name, ...] = ()
    """Branches by their exact names, such as `main`."""
    environments: tuple[Name, ...] = ()
    """GitHub environments by their exact names, such as `prod`. What protects them is set in GitHub."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """The `sub` claims of the tokens of its jobs. A job of an environment has no branch in its claim."""
        return (
            *(f"repo:{self.name}:ref:refs/heads/{branch}" for branch in self.branches),
            *(f"repo:{self.name}:environment:{environment}" for environment in self.environments),
        )

    @property
    def runner_name(self) -> str:
        """Its name as part of a CodeBuild project's, which takes no dots: `example-platform`."""
        return re.sub(r"[^A-Za-z0-9]+", "-", self.name).lower()

    @model_validator(mode="after")
    def _something_is_trusted(self) -> Self:
        if not self.subjects:
            raise ValueError(f"{self.name} needs branches or environments: a whole repository is never trusted")
        return self


class Runners(Spec):
    """Runners of GitHub Actions, hosted by CodeBuild: one project for each repository, one fresh machine for each job.

    See https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner-overview.html.
    """

    connection: Annotated[
        str, Field(pattern=r"^arn:[a-z-]+:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/.+$")
    ]
    """The ARN of the CodeConnections connection to GitHub. A person makes and accepts it once, in the console."""
    compute: Compute = "small"
    """How large the machines are."""
    timeout_minutes: Annotated[int, Field(ge=5, le=2160)] = 60
    """A job that takes longer is stopped."""
    concurrent: Annotated[int, Field(ge=1, le=100)] = 10
    """Jobs of one repository that run at once."""


class CiCdSpec(Spec):
    """The CI/CD account. Without repositories nobody may deploy from outside; without runners GitHub's own run jobs."""

    repositories: tuple[Repository, ...] = ()
    """Who may become the pipeline role."""
    runners: Runners | None = None
    """Runners of one's own."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every trusted subject."""
        return tuple(subject for repository in self.repositories for subject in repository.subjects)

    @model_validator(mode="after")
    def _repositories_are_unique(self) -> Self:
        names = [repository.runner_name for repository in self.repositories]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"repositories has {twice[0]} twice; dots and hyphens in a name count as the same")
        return self

    @model_validator(mode="after")
    def _trust_policy_fits(self) -> Self:
        characters = sum(len(subject) + 3 for subject in self.subjects)
        if characters > _MAX_SUBJECT_CHARACTERS:
            raise ValueError(
                f"repositories name {len(self.subjects)} subjects with {characters} characters, and the trust policy "
                f"of the pipeline role has room for {_MAX_SUBJECT_CHARACTERS}"
            )
        return self

    @model_validator(mode="after")
    def _runners_have_repositories(self) -> Self:
        if self.runners is not None and not self.repositories:
            raise ValueError("runners need repositories to run jobs of")
        return self
