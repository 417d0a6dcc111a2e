"""A build that is killed everywhere: each time for good, by a process of its own that goes on from what survived.

What survives a killed process is AWS and the folder. So the build forks before and after each call and each write,
wherever one of the two is another than at every earlier fork. The child never returns into the build, as if it had been
killed there. It takes a copy of the folder, and runs the plan again with nothing else that the build knew.
"""

import gc
import hashlib
import os
import shutil
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from moto.core.base_backend import BackendDict

from accounts import ledger
from accounts.vending.observe import observe_declared
from accounts.vending.store import FolderStore
from tests.accounts.vending.remembered_aws import RememberedAws, RememberingClients
from tests.accounts.vending.world import World, shape


@dataclass
class Kills:
    """Where a build is killed, and what comes of it."""

    aws: RememberedAws
    folder: Path
    again: object
    """What the process does that comes after: takes a copy of the folder, and raises what is wrong."""
    look: object = lambda: None
    """Reads what all that come after read first, so that it is remembered."""
    every: int = 1
    """How far the cases that are tried lie apart."""
    at_once: int = 1
    """How many processes go on at the same time."""
    cases: int = 0
    wrong: list = field(default_factory=list)
    """Where it was killed, and what was wrong then."""
    _survived: set = field(default_factory=set)
    _running: dict = field(default_factory=dict)

    def here(self, where):
        """Kill the build here, unless all that survives is what survived before."""
        survivors = (tuple(sorted(self.aws.state.items())), _content(self.folder))
        if survivors in self._survived:
            return
        self._survived.add(survivors)
        self.cases += 1
        if self.cases % self.every == 0:
            self._fork(f"case {self.cases}, {where}")

    def end(self):
        """Wait for all."""
        while self._running:
            self._bury()

    def _fork(self, where):
        home = self.folder.with_name(f"case-{self.cases}")
        self.aws.watch = None
        self.look()
        self.aws.watch = self.here
        shutil.copytree(self.folder, home)
        child = os.fork()
        if child == 0:
            self._live(home)
        self._running[child] = (where, home)
        if len(self._running) >= self.at_once:
            self._bury()

    def _live(self, home):
        gc.disable()  # it would touch, and so copy, the memory that both processes share
        said = home.with_suffix(".wrong")
        try:
            self.again(home)
        except BaseException:
            said.write_text(traceback.format_exc())
        finally:
            os._exit(1 if said.exists() else 0)

    def _bury(self):
        # The oldest of ours: the process has other children as well.
        child, status = os.waitpid(next(iter(self._running)), 0)
        where, home = self._running.pop(child)
        if status:
            said = home.with_suffix(".wrong")
            self.wrong.append(f"{where}: {said.read_text() if said.exists() else f'status {status}'}")
        shutil.rmtree(home)


def _content(folder):
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in found)).hexdigest()


class KilledWorld(World):
    """A world whose AWS remembers, and in which everything that survives a process is looked at."""

    def __init__(self, folder, spec, products, *, creation):
        self.aws = RememberedAws()
        super().__init__(folder, spec, products, creation=creation)

    def settle(self, folder):
        super().settle(folder)
        self.bootstrapper = RememberingBootstrapper(self.aws)

    def new_clients(self):
        return RememberingClients(self.aws)

    @property
    def store(self):
        return WatchedStore(self.folder / "store", self.aws.look)

    def build(self, plan):
        """Build it once, whole, and look at everything that the runs after a kill will look at: what it is like."""
        clean = shape(self.apply(plan).live)
        self.clients = self.new_clients()
        again = self.apply(plan)
        assert shape(again.live) == clean
        return clean

    def build_and_kill(self, plan, again, patch, **options):
        """Build it anew, and kill the build everywhere. What every killed build left is given to `again`."""
        BackendDict.reset()
        self.aws.begin()
        self.settle(self.home / "killed")
        self.clients = self.new_clients()
        reader = self.new_clients()
        kills = Kills(self.aws, self.folder, again, lambda: observe_declared(reader, self.spec), **options)
        write = ledger.write_whole

        def watched(path, text):
            self.aws.look(f"before {path.name} is written")
            write(path, text)
            self.aws.look(f"after {path.name} was written")

        patch.setattr(ledger, "write_whole", watched)
        self.aws.watch = kills.here
        self.apply(plan)
        self.aws.watch = None
        kills.end()
        return kills

    def come_after(self, folder):
        """Be a new process that finds a folder."""
        self.folder = folder
        self.registry_path = folder / "registry.json"
        self.aws.watch = None
        self.aws.by_heart = True
        self.clients = self.new_clients()


class WatchedStore(FolderStore):
    """A store whose writes are looked at, before and after."""

    def __init__(self, path, look):
        super().__init__(path)
        self._look = look

    def create(self, name, text):
        self._look(f"before {name} is made")
        super().create(name, text)
        self._look(f"after {name} was made")

    def replace(self, name, text, *, version):
        self._look(f"before {name} is replaced")
        super().replace(name, text, version=version)
        self._look(f"after {name} was replaced")

    def remove(self, name, *, version):
        self._look(f"before {name} is removed")
        super().remove(name, version=version)
        self._look(f"after {name} was removed")

    def append(self, name, line):
        self._look(f"before the line {line}")
        super().append(name, line)
        self._look(f"after the line {line}")


class RememberingBootstrapper:
    """Stands in for the CDK CLI."""

    def __init__(self, aws):
        self._aws = aws
        self.made = []

    def bootstrap(self, account, region, *, policy, untrust, credentials):
        self._aws.look("before Bootstrap")
        if (account, region) not in self.made:
            self.made.append((account, region))
            self._aws.note(account, f"bootstrapped in {region}")
        self._aws.look("after Bootstrap")
