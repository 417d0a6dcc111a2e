"""Frozen pydantic specs of the constructs. Pure: nothing here imports aws_cdk or boto3."""
