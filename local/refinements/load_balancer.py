"""Load balancers."""

from ministack.services import alb, ec2

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement


class LoadBalancer(Refinement):
    """A load balancer is in the VPC of its subnets, and may be protected from deletion."""

    types = ("AWS::ElasticLoadBalancingV2::LoadBalancer",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Take the VPC from the subnets."""
        subnets = [ec2._subnets.get(subnet) for subnet in properties.texts("Subnets")]
        vpcs = [subnet["VpcId"] for subnet in subnets if subnet]
        if vpcs:
            alb._lbs[physical_id]["VpcId"] = vpcs[0]
        return {}

    def release(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Refuse while deletion protection is on."""
        for attribute in alb._lb_attrs.get(physical_id) or []:
            if attribute["Key"] == "deletion_protection.enabled" and attribute["Value"] == "true":
                raise ValueError(
                    f"Load balancer '{physical_id}' cannot be deleted because deletion protection is enabled"
                )
