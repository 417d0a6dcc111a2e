"""A checkout whose app needs no Node: a module stands in for the CDK."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

FAKE_CDK = """
import json
from pathlib import Path


class _Node:
    def __init__(self, context):
        self.try_get_context = context.get


class App:
    def __init__(self, *, outdir, context, **rules):
        self.folder, self.context, self.rules = Path(outdir), context, rules
        self.node = _Node(context)

    def synth(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "manifest.json").write_text(json.dumps({"context": self.context, "rules": self.rules}))
"""

APP = """
from aws_cdk import App
app = App()
product = app.node.try_get_context("productName")
app.synth()
"""


@dataclass(frozen=True)
class FakeCheckout:
    """A folder with an app and a module in the place of the CDK."""

    root: Path

    @classmethod
    def make(cls, root: Path, app: str = APP) -> Self:
        made = cls(root)
        made.write("aws_cdk.py", FAKE_CDK)
        made.write("app.py", app)
        made.write("cdk.json", '{"context": {"flag": true}}')
        return made

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
