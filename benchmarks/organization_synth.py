"""Synth of every stack of the organization, against a bare CDK app with the same resources.

The baseline makes each resource with its own L1 class (`bare_app`). Two more lines are of an app that makes each as a
`CfnResource` from JSON: once with the Python modules of its services, and once with none. Node loads no service for
them, so that they are as fast as the CDK can be from Python, and nobody writes such an app.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bare_app import bare_app
from measure import ROOT, best, row
from organization import write_project

RUNS = 3
PRODUCTS = 200
RESOURCES, BYTES, OUTPUTS = 500, 1_000_000, 200
"""What CloudFormation takes in one template."""

BARE = """import importlib, json, sys, pathlib
from aws_cdk import App, CfnOutput, CfnResource, Environment, Stack
app = App(analytics_reporting=False, tree_metadata=False, stack_traces=False, builtin_cloud_formation_validation=False)
folder = pathlib.Path(sys.argv[1])
templates = [json.loads(path.read_text()) for path in folder.glob("*.template.json")]
services = {one["Type"].split("::")[1].lower() for template in templates for one in template["Resources"].values()
    if one["Type"].startswith("AWS::")}
for service in sorted(services) if "imports" in sys.argv else ():
    importlib.import_module(f"aws_cdk.aws_{service}")
for name, artifact in json.loads((folder / "manifest.json").read_text())["artifacts"].items():
    if artifact["type"] != "aws:cloudformation:stack":
        continue
    account, region = artifact["environment"].removeprefix("aws://").split("/")
    template = json.loads((folder / artifact["properties"]["templateFile"]).read_text())
    stack = Stack(app, name, env=Environment(account=account, region=region))
    for id, resource in template["Resources"].items():
        CfnResource(stack, id, type=resource["Type"], properties=resource.get("Properties", {}))
    for id, output in template.get("Outputs", {}).items():
        CfnOutput(stack, id, value=output["Value"] if isinstance(output["Value"], str) else json.dumps(output["Value"]))
app.synth()
"""


ONE_CORE = "import os, runpy; os.sched_setaffinity(0, {0}); runpy.run_path('app.py', run_name='__main__')"
"""As on a machine with one core: one process makes all stacks."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="cells-bench-") as name:
        folder = Path(name)
        out = folder / "out"
        ours = best([sys.executable, "app.py"], runs=RUNS, variables=_environment(out))
        (folder / "bare.py").write_text(bare_app(out), encoding="utf-8")
        variables = _environment(folder / "bare")
        typed = {**variables, "PYTHONPATH": str(folder)}
        bare = best([sys.executable, "-c", "import bare"], runs=RUNS, variables=typed)
        _refuse_other_resources(out, folder / "bare")
        imports = best([sys.executable, "-c", BARE, str(out), "imports"], runs=RUNS, variables=variables)
        text = best([sys.executable, "-c", BARE, str(out)], runs=RUNS, variables=variables)
        row("bare app with the same resources (baseline)", bare, bare)
        row("each as CfnResource, with the services", imports, bare)
        row("each as CfnResource, without them", text, bare)
        row("python app.py, target=organization", ours, bare, "goal: at most 1.3 x")
        if hasattr(os, "sched_setaffinity"):
            alone = best([sys.executable, "-c", ONE_CORE], runs=RUNS, variables=_environment(folder / "alone"))
            row("the same with one core", alone, bare)
        _large(folder / "large")


def _refuse_other_resources(ours: Path, bare: Path) -> None:
    """Stop when the baseline has not made the same resources with the same properties: it would prove nothing."""
    for path in ours.glob("*.template.json"):
        wanted, made = (json.loads((one / path.name).read_text(encoding="utf-8")) for one in (ours, bare))
        for id, resource in wanted["Resources"].items():
            if made["Resources"][id].get("Properties", {}) != resource.get("Properties", {}):
                sys.exit(f"the baseline has made {id} of {path.name} in another way")


def _large(folder: Path) -> None:
    """Print the largest template of an organization with many products, in shares of what CloudFormation takes."""
    write_project(folder, PRODUCTS)
    shutil.copy(ROOT / "app.py", folder)
    out = folder / "out"
    best([sys.executable, "app.py"], runs=1, variables={**_environment(out), "PYTHONPATH": str(ROOT)}, folder=folder)
    print(f"\n{PRODUCTS} products, the largest templates; goal: none over 80 %")
    rows = []
    for path in out.glob("*.template.json"):
        template = json.loads(path.read_text(encoding="utf-8"))
        shares = (
            len(template["Resources"]) / RESOURCES,
            path.stat().st_size / BYTES,
            len(template.get("Outputs", {})) / OUTPUTS,
        )
        rows.append((max(shares), path.name.removesuffix(".template.json"), shares))
    for _, stack, (resources, size, outputs) in sorted(rows, reverse=True)[:5]:
        print(f"{stack:<44} resources {resources:4.0%}  size {size:4.0%}  outputs {outputs:4.0%}")


def _environment(out: Path) -> dict[str, str]:
    """What the CDK CLI would set for the app: its flags, the target, the output folder and the same Node."""
    sys.path.insert(0, str(ROOT))
    from cells.cli.cdk import find_node

    flags = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return {
        **os.environ,
        "CDK_CONTEXT_JSON": json.dumps({**flags, "target": "organization"}),
        "CDK_OUTDIR": str(out),
        "CDK_VALIDATION": "false",
        "JSII_NODE": str(find_node()),
    }


if __name__ == "__main__":
    main()
