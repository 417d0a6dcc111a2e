"""E-mail: mail from the cell's own domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module
from constructs_lib.specs.email import EmailSpec

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.email_sender import EmailSender
    from constructs_lib.queue import Queue


class EmailModule(Module):
    """Sends mail from addresses of the cell's domain, through Amazon SES. The worker learns what came back.

    A new account is in the sandbox of SES: a person asks AWS for production access, once for each cell that writes to
    strangers.
    """

    name = "email"
    summary = "E-mail from the cell's own domain, signed, with bounces and complaints in a queue"
    reference = "https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html"
    spec = EmailSpec

    _feedback: Queue
    _sender: EmailSender

    def data(self, layer: DataLayer) -> None:
        """The identity with its records, and the queue of what came back."""
        spec = self.settings_as(EmailSpec)
        self._feedback = layer.add_queue(
            self, "Feedback", visibility_timeout_seconds=60, retention_days=spec.bounces_kept_days
        )
        self._sender = layer.add_email_sender(self, "Sender", spec, feedback=self._feedback)

    def service(self, layer: ServiceLayer) -> None:
        """Both containers send; only the worker takes what came back."""
        layer.set_environment("EMAIL_DOMAIN", self._sender.domain)
        layer.set_environment("EMAIL_FEEDBACK_QUEUE_URL", self._feedback.queue.queue_url)
        layer.grant_containers(self._sender.grant_send)
        layer.grant_worker(self._feedback.grant_consume)
