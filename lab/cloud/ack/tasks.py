"""Tasks: what container service is still busy with, and how it ended."""

import logging
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel

from lab.cloud.background import background
from lab.cloud.naming import new_id, now
from lab.cloud.store import Collection, Store

log = logging.getLogger(__name__)


class Task(BaseModel):
    task_id: str
    task_type: str
    cluster_id: str
    state: Literal["running", "success", "failed"] = "running"
    created: str
    updated: str
    message: str = ""


class Tasks:
    def __init__(self, store: Store) -> None:
        self.tasks = Collection(store, "task", Task, "TaskNotFound")

    def start(self, cluster_id: str, task_type: str, work: Callable[[], object]) -> str:
        """Run in the background; returns the task's id at once."""
        task = Task(task_id=new_id("T-"), task_type=task_type, cluster_id=cluster_id, created=now(), updated=now())
        self.tasks.put(task.task_id, task)

        def run() -> None:
            try:
                work()
            except Exception as error:
                log.exception("task %s of cluster %s failed", task_type, cluster_id)
                self.tasks.change(task.task_id, state="failed", updated=now(), message=str(error))
            else:
                self.tasks.change(task.task_id, state="success", updated=now())

        background(f"task {task_type}", run)
        return task.task_id

    def done(self, cluster_id: str, task_type: str) -> str:
        """A task for what takes no time; the provider insists on waiting for one."""
        task = Task(
            task_id=new_id("T-"),
            task_type=task_type,
            cluster_id=cluster_id,
            state="success",
            created=now(),
            updated=now(),
        )
        self.tasks.put(task.task_id, task)
        return task.task_id

    def abandon_unfinished(self) -> None:
        """After a restart nobody works on them any more."""
        for task in self.tasks.all():
            if task.state == "running":
                self.tasks.change(
                    task.task_id, state="failed", updated=now(), message="the lab was restarted meanwhile: run it again"
                )
