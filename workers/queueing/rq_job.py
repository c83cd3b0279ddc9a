"""The RQ job class, which runs only functions of `kinds.FUNCTIONS`."""

from typing import Any

from rq.job import Job

from workers.queueing.kinds import FUNCTIONS


class PaperboyJob(Job):
    """A job that runs only our own functions.

    No other dotted name, no callbacks, no webhooks, no instances.
    """

    @property
    def func(self) -> Any:
        """The function, if it is one of ours; else PermissionError.

        The job then fails, nothing is run.
        """
        if self.func_name not in FUNCTIONS or self.instance is not None:
            raise PermissionError("this job names a function that is not Paperboy's")
        return super().func

    @property
    def success_callback(self) -> None:
        """None: never used."""
        return

    @property
    def failure_callback(self) -> None:
        """None: never used."""
        return

    @property
    def stopped_callback(self) -> None:
        """None: never used."""
        return

    def send_webhooks(self, status: Any, *, exc_string: str | None = None) -> None:
        """Nothing: jobs of ours call nobody."""
