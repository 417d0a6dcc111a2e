"""Tasks: boards, lists, calendars over one table."""

from cells.modules.module import Module


class TasksModule(Module):
    """Tasks and boards. Keeps its rows in the cell's database; reminders run as jobs."""

    name = "tasks"
    requires = ("jobs", "notifications")
    summary = "Tasks, boards and reminders"
    reference = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraPostgreSQL.html"
