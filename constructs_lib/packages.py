"""A package store for npm and PyPI: copies of the public registries, and packages of one's own."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_codeartifact as codeartifact
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

READ_ACTIONS = (
    "codeartifact:DescribePackageVersion",
    "codeartifact:GetPackageVersionReadme",
    "codeartifact:GetRepositoryEndpoint",
    "codeartifact:ListPackageVersionAssets",
    "codeartifact:ListPackageVersionDependencies",
    "codeartifact:ListPackageVersions",
    "codeartifact:ListPackages",
    "codeartifact:ReadFromRepository",
)
PUBLISH_ACTIONS = ("codeartifact:PublishPackageVersion", "codeartifact:PutPackageMetadata")

OWN = "packages"
"""The repository that everybody uses."""


class Packages(Construct):
    """A CodeArtifact domain with one repository to use, `packages`, and two behind it that fetch from the public ones.

    A name that is the organization's own never comes from outside: `@example/…` in npm, and `example-…` in PyPI. So
    nobody can publish a package of such a name in public and have it installed here. What was fetched or published
    stays when the stack goes: builds of old releases need it.
    See https://docs.aws.amazon.com/codeartifact/latest/ug/package-group-origin-controls.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        key: kms.IKey,
        readers: iam.IPrincipal,
        publisher: iam.IPrincipal,
    ) -> None:
        """`name` is the domain's, and the prefix of the organization's own packages."""
        super().__init__(scope, id)
        self._readers = readers
        self._publisher = publisher
        self.domain = self._build_domain(name, key)
        fetched = [self._build_fetched("Npm", "npm-store", "npmjs"), self._build_fetched("Pypi", "pypi-store", "pypi")]
        self.repository = self._build_own(fetched)
        self._keep_own_names(name)

    def _build_domain(self, name: str, key: kms.IKey) -> codeartifact.CfnDomain:
        statement = iam.PolicyStatement(
            sid="LogIn",
            principals=[self._readers],
            actions=["codeartifact:GetAuthorizationToken", "codeartifact:GetDomainPermissionsPolicy"],
            resources=["*"],
        )
        domain = codeartifact.CfnDomain(
            self,
            "Domain",
            domain_name=name,
            encryption_key=key.key_arn,
            permissions_policy_document=iam.PolicyDocument(statements=[statement]),
        )
        domain.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return domain

    def _build_fetched(self, id: str, name: str, source: str) -> codeartifact.CfnRepository:
        repository = codeartifact.CfnRepository(
            self,
            id,
            domain_name=self.domain.attr_name,
            repository_name=name,
            description=f"Packages fetched from {source}",
            external_connections=[f"public:{source}"],
        )
        repository.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return repository

    def _build_own(self, upstreams: Sequence[codeartifact.CfnRepository]) -> codeartifact.CfnRepository:
        read = iam.PolicyStatement(sid="Read", principals=[self._readers], actions=list(READ_ACTIONS), resources=["*"])
        publish = iam.PolicyStatement(
            sid="Publish", principals=[self._publisher], actions=list(PUBLISH_ACTIONS), resources=["*"]
        )
        repository = codeartifact.CfnRepository(
            self,
            "Own",
            domain_name=self.domain.attr_name,
            repository_name=OWN,
            description="Packages of the organization, and everything that is fetched",
            upstreams=[upstream.attr_name for upstream in upstreams],
            permissions_policy_document=iam.PolicyDocument(statements=[read, publish]),
        )
        repository.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return repository

    def _keep_own_names(self, name: str) -> None:
        """`/npm/example/*` is a scope of npm; `/pypi//example~` the names that begin with that word."""
        for id, pattern in (("NpmNames", f"/npm/{name}/*"), ("PypiNames", f"/pypi//{name}~")):
            codeartifact.CfnPackageGroup(
                self,
                id,
                domain_name=self.domain.attr_name,
                pattern=pattern,
                description="Names of the organization's own packages",
                origin_configuration=codeartifact.CfnPackageGroup.OriginConfigurationProperty(
                    restrictions=codeartifact.CfnPackageGroup.RestrictionsProperty(
                        publish=_restriction("ALLOW"),
                        external_upstream=_restriction("BLOCK"),
                        internal_upstream=_restriction("BLOCK"),
                    )
                ),
            )


def _restriction(mode: str) -> codeartifact.CfnPackageGroup.RestrictionTypeProperty:
    return codeartifact.CfnPackageGroup.RestrictionTypeProperty(restriction_mode=mode)
