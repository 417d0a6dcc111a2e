"""How the front door serves assets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.asset_delivery import CODE, AssetDelivery
from tests.constructs_lib.sample_edge import SampleEdge, properties

NODE = Path(sys.prefix) / "bin" / "node"


@pytest.fixture(scope="module")
def edge():
    sample = SampleEdge()
    AssetDelivery(
        sample.edge,
        "Delivery",
        front_door=sample.front_door,
        bucket=sample.site.bucket,
        prefix="models",
        name_prefix="shop-prod",
    )
    return sample.template()


def distribution(template):
    return properties(template, "AWS::CloudFront::Distribution")["DistributionConfig"]


def behavior(template):
    (found,) = [one for one in distribution(template)["CacheBehaviors"] if one["PathPattern"] == "/models/*"]
    return found


def test_the_path_leads_to_the_bucket_and_takes_reading_only(edge):
    assert behavior(edge)["TargetOriginId"] == "Assets"
    assert behavior(edge)["AllowedMethods"] == ["GET", "HEAD"]
    assert behavior(edge)["ViewerProtocolPolicy"] == "redirect-to-https"


def test_cloudfront_signs_what_it_reads(edge):
    (origin,) = [one for one in distribution(edge)["Origins"] if one["Id"] == "Assets"]
    accesses = edge.find_resources("AWS::CloudFront::OriginAccessControl")
    access = accesses[origin["OriginAccessControlId"]["Fn::GetAtt"][0]]["Properties"]["OriginAccessControlConfig"]

    assert (access["Name"], access["SigningBehavior"]) == ("shop-prod-assets", "always")


def test_an_asset_is_kept_for_a_year_whatever_is_asked_beside_its_path(edge):
    policies = edge.find_resources("AWS::CloudFront::CachePolicy")
    found = policies[behavior(edge)["CachePolicyId"]["Ref"]]["Properties"]["CachePolicyConfig"]
    key = found["ParametersInCacheKeyAndForwardedToOrigin"]

    assert (found["DefaultTTL"], found["MaxTTL"]) == (31536000, 31536000)
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}


def test_scripts_of_the_site_may_call_the_bucket_that_they_upload_to(edge):
    config = properties(edge, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    policy = config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    first, address = policy["Fn::Join"][1]

    assert first == "default-src 'self'; connect-src 'self' https://"
    assert address["Fn::GetStackOutput"]["StackName"] == "acme-crm-prod-service"


def test_browsers_keep_it_for_a_year_without_asking(edge):
    event = {"response": {"statusCode": 200, "headers": {"etag": {"value": "x"}}}}
    script = f"{CODE}\nconsole.log(JSON.stringify(handler({json.dumps(event)})));"
    answer = json.loads(subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout)

    assert answer["headers"]["cache-control"]["value"] == "public, max-age=31536000, immutable"
    assert answer["headers"]["etag"] == {"value": "x"}
