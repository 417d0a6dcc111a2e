"""ECS tasks without containers: one that RunTask starts ends by itself after a moment."""

import threading
from collections import deque
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ecs

from local.properties import Json, Properties

_RUNS_SECONDS = 0.3
_EXITED = "Essential container in task exited"


@dataclass(frozen=True)
class Ending:
    """How a task ends."""

    exit_code: int = 0
    reason: str = _EXITED
    seconds: float = _RUNS_SECONDS


class Tasks:
    """Ends tasks that RunTask started; tasks of services run on."""

    def __init__(self) -> None:
        self._endings: deque[Ending] = deque()

    def install(self) -> None:
        """Watch RunTask. Call once."""
        original = ecs._ACTION_MAP["RunTask"]

        def run_task(data: dict[str, Json]) -> tuple[int, dict[str, str], bytes]:
            before = set(ecs._tasks)
            answer: tuple[int, dict[str, str], bytes] = original(data)
            for task_arn in set(ecs._tasks) - before:
                self._end_later(task_arn)
            return answer

        ecs._ACTION_MAP["RunTask"] = run_task

    def fail_next(self, body: Properties) -> Json:
        """Let the next task that RunTask starts end with `exit_code` (1) and `reason`, after `seconds`."""
        ending = Ending(
            exit_code=body.number("exit_code", 1),
            reason=body.text("reason", _EXITED),
            seconds=float(body.text("seconds", str(_RUNS_SECONDS))),
        )
        self._endings.append(ending)
        return {"pending": len(self._endings)}

    def _end_later(self, task_arn: str) -> None:
        ending = self._endings.popleft() if self._endings else Ending()
        timer = threading.Timer(ending.seconds, _end, (task_arn, ending, get_account_id(), get_region()))
        timer.daemon = True
        timer.start()


def _end(task_arn: str, ending: Ending, account: str, region: str) -> None:
    with request_scope(account, region):
        task = ecs._tasks.get(task_arn)
        if task is not None and task["lastStatus"] != "STOPPED":
            ecs._mark_task_stopped(
                task_arn, task, ending.reason, "EssentialContainerExited", exit_code=ending.exit_code
            )
