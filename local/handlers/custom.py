"""What CDK's own Node custom resources do, done natively: the emulator has no AWS SDK for Node."""

from botocore.exceptions import ClientError

from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties


class DefaultSecurityGroup(Handler):
    """Takes the rules out of a VPC's default security group, and puts them back on deletion."""

    types = ("Custom::VpcRestrictDefaultSG",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Revoke every rule."""
        group = properties.text("DefaultSecurityGroupId")
        rules = place.aws.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
        for rule in rules["SecurityGroupRules"]:
            if rule["IsEgress"]:
                place.aws.ec2.revoke_security_group_egress(
                    GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
                )
            else:
                place.aws.ec2.revoke_security_group_ingress(
                    GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
                )
        return Resource("default-security-group-resource")

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Leave the group as it is: it goes with its VPC."""


class EmptiedBucket(Handler):
    """Empties a bucket when the stack deletes it."""

    types = ("Custom::S3AutoDeleteObjects",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Remember the bucket."""
        return Resource(f"{properties.text('BucketName')}-auto-delete")

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Empty the former bucket when the name changed, as the function does."""
        if old.text("BucketName") != new.text("BucketName"):
            self.delete(place, physical_id, old)
        return self.create(place, new)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete every version and delete marker."""
        bucket = properties.text("BucketName")
        try:
            for page in place.aws.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    place.aws.s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
