"""Tasks: what container service is still busy with, and how it ended."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from lab.cloud.background import background
from lab.cloud.naming import new_id, now
from lab.cloud.store import Collection, Store

log = logging.getLogger(__name__)

Work = Callable[[str, Sequence[str]], object]
"""What a task does, of a cluster's id and the task's subject."""


class Task(BaseModel):
    """subject: what it is about besides the cluster: names of addons, the id of a pool."""

    task_id: str
    task_type: str
    cluster_id: str
    subject: list[str] = Field(default_factory=list)
    state: Literal["running", "success", "failed"] = "running"
    created: str
    updated: str
    message: str = ""


class Tasks:
    """works: by type of task. What can be repeated from the record alone can go on after a restart of the lab."""

    def __init__(self, store: Store, works: Mapping[str, Work]) -> None:
        self._works = works
        self.tasks = Collection(store, "task", Task, "TaskNotFound")

    def start(self, cluster_id: str, task_type: str, subject: Sequence[str] = ()) -> str:
        """Run in the background; returns the task's id at once."""
        task = self._add(cluster_id, task_type, subject, "running")
        self.run(task)
        return task.task_id

    def run(self, task: Task) -> None:
        """In the background, from its beginning: for one that a restart has cut off too."""
        background(f"task {task.task_type}", self._run, task)

    def done(self, cluster_id: str, task_type: str) -> str:
        """A task for what takes no time; the provider insists on waiting for one."""
        return self._add(cluster_id, task_type, (), "success").task_id

    def unfinished(self) -> list[Task]:
        """After a restart nobody works on them any more."""
        return [task for task in self.tasks.all() if task.state == "running"]

    def _add(
        self, cluster_id: str, task_type: str, subject: Sequence[str], state: Literal["running", "success"]
    ) -> Task:
        task = Task(
            task_id=new_id("T-"),
            task_type=task_type,
            cluster_id=cluster_id,
            subject=list(subject),
            state=state,
            created=now(),
            updated=now(),
        )
        return self.tasks.put(task.task_id, task)

    def _run(self, task: Task) -> None:
        try:
            self._works[task.task_type](task.cluster_id, task.subject)
        except Exception as error:
            log.exception("task %s of cluster %s failed", task.task_type, task.cluster_id)
            self.tasks.change(task.task_id, state="failed", updated=now(), message=str(error))
        else:
            self.tasks.change(task.task_id, state="success", updated=now())
