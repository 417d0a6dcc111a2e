"""What answers the requests of a REST API: the load balancer of the cell, or a function."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, cast

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.load_balancer import LoadBalancer
from constructs_lib.network import Network
from constructs_lib.specs.rest_api import RouteSpec

_HTTPS = 443
_AS_SENT: Mapping[str, str] = MappingProxyType({})


class Backend(Protocol):
    """What answers."""

    @property
    def kind(self) -> str:
        """Which one it is: another one takes a new deployment of the API."""
        ...

    def integrate(self, route: RouteSpec) -> apigateway.Integration:
        """How a route gets there."""
        ...

    def finish(self, method: apigateway.Method) -> None:
        """Add to the method what only the backend knows."""
        ...


class LoadBalancerBackend(Construct):
    """The services behind the cell's load balancer, through a VPC link of the second version: no second balancer.

    Traffic is TLS up to the load balancer, whose certificate has the name `origin_domain`.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: Network,
        load_balancer: LoadBalancer,
        origin_domain: str,
        name: str,
        prefix: str = "",
        caller_header: str | None = None,
        headers: Mapping[str, str] = _AS_SENT,
    ) -> None:
        """`name` is the link's, once in an account.

        `prefix` comes before each path, so that services tell who came by the API from who came otherwise. In
        `caller_header` they read whom the authorizer of a key found, on routes with `key`, whatever the caller wrote.
        `headers` replace what a caller sent, as mapping expressions: `context.requestId`, or a text in single quotes.
        """
        super().__init__(scope, id)
        self._prefix = prefix
        self._caller_header = caller_header
        self._headers = headers
        self._load_balancer = load_balancer
        self._origin = origin_domain
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=network.vpc,
            description="HTTPS from the REST API to the load balancer",
            allow_all_outbound=False,
        )
        ec2.Connections(security_groups=[self.security_group]).allow_to(
            load_balancer.load_balancer, ec2.Port.tcp(_HTTPS), "HTTPS from the REST API"
        )
        link = apigatewayv2.VpcLink(
            self,
            "Link",
            vpc_link_name=name,
            vpc=network.vpc,
            subnets=network.app_subnets,
            security_groups=[self.security_group],
        )
        # The L2 of REST APIs knows links of the first version only; both are named by their id.
        self._link = apigateway.VpcLink.from_vpc_link_id(self, "RestLink", link.vpc_link_id)

    @property
    def kind(self) -> str:
        """Which backend it is, in which header it reads who calls, and which headers it sees replaced."""
        replaced = (f"{name}: {value}" for name, value in sorted(self._headers.items()))
        return " ".join(("LoadBalancer", *filter(None, (self._caller_header,)), *replaced))

    def integrate(self, route: RouteSpec) -> apigateway.Integration:
        """Ask the load balancer for the path, below the prefix."""
        return apigateway.Integration(
            type=apigateway.IntegrationType.HTTP_PROXY,
            integration_http_method=route.method,
            uri=f"https://{self._origin}{self._prefix}{route.path.replace('+}', '}')}",
            options=apigateway.IntegrationOptions(
                connection_type=apigateway.ConnectionType.VPC_LINK,
                vpc_link=self._link,
                request_parameters=self._parameters(route),
                cache_key_parameters=cache_key(route),
            ),
        )

    def _parameters(self, route: RouteSpec) -> dict[str, str]:
        told = {f"integration.request.path.{name}": f"method.request.path.{name}" for name in route.parameters}
        told |= {f"integration.request.header.{name}": value for name, value in self._headers.items()}
        if self._caller_header is not None and route.auth == "key":
            told[f"integration.request.header.{self._caller_header}"] = "context.authorizer.principalId"
        return told

    def finish(self, method: apigateway.Method) -> None:
        """Name the load balancer: links of the second version do not say which one it is."""
        resource = cast("apigateway.CfnMethod", method.node.default_child)  # what this L2 always has
        target = self._load_balancer.load_balancer.load_balancer_arn
        resource.add_property_override("Integration.IntegrationTarget", target)


class FunctionBackend:
    """A function that gets each request whole.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """

    def __init__(self, function: lambda_.IFunction) -> None:
        self._function = function

    @property
    def kind(self) -> str:
        """Which backend it is."""
        return "Function"

    def integrate(self, route: RouteSpec) -> apigateway.Integration:
        """Call the function."""
        return apigateway.LambdaIntegration(
            self._function, proxy=True, allow_test_invoke=False, cache_key_parameters=cache_key(route)
        )

    def finish(self, method: apigateway.Method) -> None:
        """Nothing more."""


def cache_key(route: RouteSpec) -> list[str] | None:
    """What tells two cached answers of a route apart: who calls, the path and the query."""
    if route.cache_seconds is None:
        return None
    return [
        f"method.request.header.{route.caller_header}",
        *(f"method.request.path.{name}" for name in route.parameters),
        *(f"method.request.querystring.{name}" for name in route.query),
    ]
