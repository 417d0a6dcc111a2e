"""The files of a package with one custom module."""

import re
from string import Template

from cells.modules.registry import MODULES
from cells.settings import Settings
from constructs_lib.specs.errors import InputError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_MODULE = '''"""$title: what a cell gets with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from $package.spec import ${class_name}Spec
from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.queue import Queue


class ${class_name}Module(Module):
    """$title. Work that waits in a queue with a dead-letter queue, for the worker."""

    name = "$name"
    summary = "$title"
    reference = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html"
    spec = ${class_name}Spec

    _queue: Queue

    def data(self, layer: DataLayer) -> None:
        """The queue: what waits in it must not get lost, so it lives with the data."""
        settings = self.settings_as(${class_name}Spec)
        self._queue = layer.add_queue(
            self,
            "${class_name}Queue",  # alarms are named after it, so it is unlike that of any other module
            visibility_timeout_seconds=settings.visibility_timeout_seconds,
            retention_days=settings.retention_days,
        )

    def service(self, layer: ServiceLayer) -> None:
        """Both containers send; only the worker receives."""
        layer.set_environment("${constant}_QUEUE_URL", self._queue.queue.queue_url)
        layer.grant_containers(self._queue.grant_send)
        layer.grant_worker(self._queue.grant_consume)
'''

_SPEC = '''"""What a product may set of $title, each with its unit and range."""

from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec


class ${class_name}Spec(Spec):
    """The settings of the module `$name`."""

    visibility_timeout_seconds: Annotated[int, Field(ge=1, le=43200)] = 60
    """How long a message is hidden from others while the worker is at it. Longer than the work takes."""
    retention_days: Annotated[int, Field(ge=1, le=14)] = 4
    """How long a message waits before it is gone."""
'''

_TEST = '''"""$title: what a cell gets, from its synthesized templates."""

import pytest

from $package.module import ${class_name}Module
from cells.cli.module_trial import try_module
from constructs_lib.specs.errors import InputError


def queues(templates):
    """The module's queues in the template of the data layer, by logical id."""
    resources = templates["ProductCell-Data"]["Resources"]
    return {
        id: resource["Properties"]
        for id, resource in resources.items()
        if resource["Type"] == "AWS::SQS::Queue" and id.startswith("$scope")
    }


@pytest.fixture(scope="module")
def templates():
    return try_module(${class_name}Module)


def test_work_waits_in_a_queue_and_what_fails_is_kept(templates):
    work = [queue for queue in queues(templates).values() if "RedrivePolicy" in queue]

    assert len(queues(templates)) == 2
    assert [queue["VisibilityTimeout"] for queue in work] == [60]
    assert [queue["MessageRetentionPeriod"] for queue in work] == [4 * 24 * 3600]


def test_the_containers_know_the_queue(templates):
    resources = templates["ProductCell-Service"]["Resources"].values()
    tasks = [one["Properties"] for one in resources if one["Type"] == "AWS::ECS::TaskDefinition"]

    for task in tasks:
        names = {one["Name"] for one in task["ContainerDefinitions"][0]["Environment"]}
        assert "${constant}_QUEUE_URL" in names


def test_a_product_sets_the_queue():
    found = queues(try_module(${class_name}Module, settings={"visibility_timeout_seconds": 300}))

    assert 300 in [queue.get("VisibilityTimeout") for queue in found.values()]


def test_a_setting_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="module $name@1 has no setting 'colour'"):
        try_module(${class_name}Module, settings={"colour": "blue"})
'''

_PAGE = """# $title

A product picks it by name, in `cells/products/<product>.yaml`:

```yaml
modules: [$name]
settings:
  $name.visibility_timeout_seconds: 60
```

A cell gets a queue with a dead-letter queue and alarms, encrypted with the cell's messaging key. The containers find
its address in `${constant}_QUEUE_URL`; both send, the worker receives.

| setting | default | what it is |
|---|---|---|
| `$name.visibility_timeout_seconds` | 60 | how long a message is hidden while the worker is at it, 1 to 43200 seconds |
| `$name.retention_days` | 4 | how long a message waits before it is gone, 1 to 14 days |
"""

_PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "cells-$name"
version = "0.1.0"
description = "$title: a module for product cells."
requires-python = ">=3.11"
dependencies = ["cell-provisioner"]

[project.entry-points."cells.modules"]
$name = "$package.module:${class_name}Module"

[tool.hatch.build]
dev-mode-dirs = ["."]

[tool.hatch.build.targets.wheel]
packages = ["$package"]

[tool.pytest.ini_options]
pythonpath = ["."]
testpaths = ["tests"]
"""


def module_package(name: str) -> dict[str, str]:
    """The files of the package `cells-<name>`, by their path in it.

    Raises InputError for a name that is none, or that the platform has already.
    """
    if not _NAME.fullmatch(name) or len(name) > 30:
        raise InputError(
            f"'{name}' is not a name for a module", hint="1 to 30 lower-case letters, digits and single hyphens"
        )
    if name in {module.name for module in MODULES} or name in Settings.model_fields:
        raise InputError(f"'{name}' is a name of the platform", hint="`cells modules` lists the modules there are")
    package = f"cells_{name.replace('-', '_')}"
    words = {
        "name": name,
        "package": package,
        "class_name": name.title().replace("-", ""),
        "constant": name.upper().replace("-", "_"),
        "scope": name.title().replace("-", ""),
        "title": name.replace("-", " ").capitalize(),
    }
    files = {
        "pyproject.toml": _PROJECT,
        f"{package}/__init__.py": '"""$title: a module for product cells."""\n',
        f"{package}/module.py": _MODULE,
        f"{package}/spec.py": _SPEC,
        f"tests/test_{package}.py": _TEST,
        f"docs/{name}.md": _PAGE,
    }
    return {path: Template(text).substitute(words) for path, text in files.items()}
