"""A small repository with a CDK app of its own, so that a comparison takes seconds and not minutes."""

import ast
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cells.cli.worker_pool import Answer, Checkout, Job

ROOT = Path(__file__).parents[2]

_COPIED = (
    "cdk.json",
    "package.json",
    "requirements.lock",
    "accounts/organization.yaml",
    "accounts/registry.json",
    "cells/products/acme-crm.yaml",
)

_APP = """
import sys
from pathlib import Path
from aws_cdk import App, CfnDeletionPolicy, CfnResource, Environment, Stack

RESOURCES = {resources}

app = App()
product, environment = app.node.try_get_context("productName"), app.node.try_get_context("environment")
if environment in {broken}:
    sys.exit(f"error: {{environment}} is broken\\nhint: mend it")
stack = Stack(
    app,
    "ProductCell-Data",
    stack_name=f"{{product}}-{{environment}}-data",
    env=Environment(account="111122223333", region="eu-west-1"),
)
for id, (type, properties) in RESOURCES.items():
    text = {{key: value.replace("PRODUCT", product) for key, value in properties.items()}}
    CfnResource(stack, id, type=type, properties=text)
app.synth()
"""

Resources = dict[str, tuple[str, dict[str, str]]]

FILES: Resources = {
    "Files": ("AWS::S3::Bucket", {"BucketName": "PRODUCT-files"}),
    "Topic": ("AWS::SNS::Topic", {"DisplayName": "News"}),
}


@dataclass(frozen=True)
class Repository:
    """A git repository with the files that are declared, and an app whose resources a test chooses."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Repository":
        made = cls(folder)
        for name in _COPIED:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        made.write(".gitignore", ".cells/\n")
        made.git("init", "--quiet", "--initial-branch=main")
        made.app(FILES)
        made.commit("first")
        return made

    def app(self, resources: Resources, *, broken: tuple[str, ...] = ()) -> None:
        """Let the app have these resources, and refuse some environments."""
        self.write("app.py", _APP.format(resources=json.dumps(resources), broken=repr(broken)))

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def git(self, *arguments: str) -> str:
        identity = {
            f"GIT_{who}_{what}": "nobody@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", "-c", "commit.gpgsign=false", *arguments],
            cwd=self.folder,
            env={**os.environ, **identity},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")


def write_assemblies(work: Sequence[tuple[Checkout, Sequence[Job]]], told: Callable[[Answer], None]) -> None:
    """Stands in for the synthesis of many cells: writes what the app of each checkout says, without Node."""
    for checkout, jobs in work:
        source = ast.parse((checkout.root / "app.py").read_text())
        [value] = [
            node.value
            for node in source.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "RESOURCES"
        ]
        resources = ast.literal_eval(value)
        for job in jobs:
            _write(job, resources)
            told(Answer(job))


def _write(job: Job, resources: Resources) -> None:
    job.folder.mkdir()
    template = {
        "Resources": {
            id: {"Type": type, "Properties": {k: v.replace("PRODUCT", job.cell.product) for k, v in properties.items()}}
            for id, (type, properties) in resources.items()
        }
    }
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/eu-west-1",
        "properties": {
            "templateFile": "Data.template.json",
            "stackName": f"{job.cell.product}-{job.cell.environment}-data",
        },
    }
    manifest = {"version": "55.0.0", "artifacts": {"ProductCell-Data": stack}}
    (job.folder / "Data.template.json").write_text(json.dumps(template))
    (job.folder / "manifest.json").write_text(json.dumps(manifest))
