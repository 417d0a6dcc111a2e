"""The network hub: the base zone, the transit gateway with its segments, and the record of addresses."""

from collections.abc import Collection, Iterator

from aws_cdk import App, CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from accounts.network_spec import NetworkSpec
from accounts.platform import Platform
from accounts.stacks import hub_outputs
from accounts.stacks.outside_lines import OutsideLines
from accounts.stacks.product_network import ProductNetwork, RemoteAddresses
from accounts.stacks.stack_outputs import StackOutputs
from constructs_lib.ipam import Ipam
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Segment
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.registry import CellEntry, Registry
from constructs_lib.transit_gateway import TransitGateway

SEGMENTS: tuple[Segment, ...] = ("prod", "non-prod")


def network_stacks(app: App, platform: Platform) -> Iterator[Stack]:
    """`NetworkHub`, and for every product `NetworkHub-<product>`, with its cells' part of the hub.

    A product with cells in other regions has `NetworkHubAddresses-<product>-<region>` beside it. One stack for each
    product, because the roles and addresses of all cells do not fit into one, and so that a new product changes no
    stack of another. Raises InputError when a product is attached that does not exist.
    """
    landing, network = platform.landing, platform.spec.network
    by_product = _by_product(platform.registry)
    _refuse_unknown(network, {*platform.products, *by_product})
    name = hub_outputs.hub_stack_name(landing.organization)
    outputs = StackOutputs(name, landing.home_region)
    hub = NetworkHub(
        app,
        "NetworkHub",
        stack_name=name,
        env=_place(landing, landing.home_region),
        landing=landing,
        network=network,
        pools=platform.spec.address_pools,
    )
    yield hub
    for product, cells in by_product.items():
        if network.ipam or any(cell.account for cell in cells):
            stack = ProductNetwork(
                app,
                f"NetworkHub-{product}",
                stack_name=f"{name}-{product}",
                env=_place(landing, landing.home_region),
                landing=landing,
                network=network,
                hub=outputs,
                cells=cells,
            )
            stack.add_stack_dependency(hub)
            yield stack
        for region in sorted({cell.region for cell in cells} - {landing.home_region}) if network.ipam else ():
            addresses = RemoteAddresses(
                app,
                f"NetworkHubAddresses-{product}-{region}",
                stack_name=f"{name}-{product}-addresses",
                env=_place(landing, region),
                hub=outputs,
                cells=[cell for cell in cells if cell.region == region],
            )
            addresses.add_stack_dependency(hub)
            yield addresses


class NetworkHub(Stack):
    """The network hub account's stack, in the home region. It holds nothing of a single product.

    Stateful: the base zone is retained, as the registrar has its name servers. Certificates are not here: ACM's cannot
    be shared between accounts, so each cell has its own, and the hub says who may issue them.
    """

    def __init__(
        self,
        scope: App,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        landing: Landing,
        network: NetworkSpec,
        pools: dict[str, str],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Network hub: base zone, transit gateway with segments, record of addresses",
            termination_protection=True,
        )
        self.zone = self._build_zone(landing)
        self._restrict_issuers(network)
        self.transit_gateway = TransitGateway(
            self, "TransitGateway", name=landing.organization, asn=network.asn, segments=SEGMENTS, pools=pools
        )
        self._record_flows(landing)
        self.lines = OutsideLines(
            self,
            "OutsideLines",
            name=landing.organization,
            network=network,
            hub=self.transit_gateway,
            pools=sorted(pools.values()),
        )
        self.ipam = Ipam(self, "Ipam", name=landing.organization, pools=pools) if network.ipam else None
        self._tell()

    def _build_zone(self, landing: Landing) -> route53.PublicHostedZone:
        zone = route53.PublicHostedZone(
            self,
            "BaseZone",
            zone_name=landing.base_domain,
            comment="Base zone; each cell has a zone of its own below it",
        )
        zone.apply_removal_policy(RemovalPolicy.RETAIN)
        return zone

    def _restrict_issuers(self, network: NetworkSpec) -> None:
        """Let nobody else issue a certificate for the domain or one below it.

        See https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html.
        """
        tags = (route53.CaaTag.ISSUE, route53.CaaTag.ISSUEWILD)
        route53.CaaRecord(
            self,
            "CertificateIssuers",
            zone=self.zone,
            values=[
                route53.CaaRecordValue(flag=0, tag=tag, value=authority)
                for authority in network.certificate_authorities
                for tag in tags
            ],
        )

    def _record_flows(self, landing: Landing) -> None:
        """Write what goes through the transit gateway to the log archive, from the first attachment on.

        See https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html.
        """
        ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_type="TransitGateway",
            resource_id=self.transit_gateway.gateway.attr_id,
            log_destination_type="s3",
            log_destination=f"arn:{self.partition}:s3:::{landing.flow_log_bucket_name(self.region)}",
            max_aggregation_interval=60,
        )

    def _tell(self) -> None:
        gateway = self.transit_gateway
        values = {
            hub_outputs.BASE_ZONE_ID: self.zone.hosted_zone_id,
            hub_outputs.TRANSIT_GATEWAY_ID: gateway.gateway.attr_id,
            hub_outputs.TRANSIT_GATEWAY_ARN: gateway.gateway.attr_transit_gateway_arn,
            hub_outputs.SHARED_TABLE: gateway.shared_table.ref,
        }
        values |= {hub_outputs.segment_table(segment): gateway.spoke_tables[segment].ref for segment in SEGMENTS}
        if self.ipam is not None:
            values |= {hub_outputs.pool(region): pool.attr_ipam_pool_id for region, pool in self.ipam.pools.items()}
        for name, value in values.items():
            CfnOutput(self, name, value=value)


def _place(landing: Landing, region: str) -> Environment:
    return Environment(account=landing.network_hub_account, region=region)


def _refuse_unknown(network: NetworkSpec, products: Collection[str]) -> None:
    for product in network.attached:
        if product not in products:
            raise InputError(
                f"network.attached names the product '{product}', which is not there",
                hint=f"choose one of {', '.join(sorted(products)) or 'none'}, or declare it in cells/products",
            )


def _by_product(registry: Registry) -> dict[str, list[CellEntry]]:
    cells: dict[str, list[CellEntry]] = {}
    for cell in sorted(registry.cells, key=lambda one: one.identity.key):
        cells.setdefault(cell.product, []).append(cell)
    return cells
