"""`/metrics`, for Prometheus: what was asked and how it went, how LiveKit answers, how enforcement is doing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from adapters.channels import Chat
from adapters.livekit.calls import TwirpRoomService
from adapters.wiring import House
from bot.reply import Reply, Tone

METRICS_PATH = "/metrics"
COMMAND_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)
CALL_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
DELAY_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
OTHER = "other"
CODES = (
    "canceled", "unknown", "invalid_argument", "malformed", "deadline_exceeded", "not_found", "bad_route",
    "already_exists", "permission_denied", "unauthenticated", "resource_exhausted", "failed_precondition", "aborted",
    "out_of_range", "unimplemented", "internal", "unavailable", "dataloss",
)  # fmt: skip
"""Twirp's, which are ours for what is no answer of LiveKit's too."""


class Metrics:
    """Counts from now on. No label holds a name that somebody chose: of a room, a person or a moderator."""

    def __init__(self, house: House, adapters: Sequence[Chat], webhooks: Mapping[str, int]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # when each of them was begun is not worth a second series
        self._registry = registry = CollectorRegistry()
        self._known = house.services.registry.by_name
        self._commands = Histogram(
            "usher_command_seconds", "How long commands took, by what became of them.", ("command", "outcome"),
            registry=registry, buckets=COMMAND_SECONDS,
        )  # fmt: skip
        self._calls = Histogram(
            "usher_room_service_seconds", "How long LiveKit's room service took.", ("method", "result"),
            registry=registry, buckets=CALL_SECONDS,
        )  # fmt: skip
        self._delays = Histogram(
            "usher_enforcement_delay_seconds", "From the moment a room became due until it showed what orders want.",
            registry=registry, buckets=DELAY_SECONDS,
        )  # fmt: skip
        house.dispatcher.observers.append(self.answered)
        house.services.pulse.observers.append(self._delays.observe)
        if isinstance(house.services.rooms, TwirpRoomService):
            house.services.rooms.observers.append(self.called)
        registry.register(_Now(house, adapters, webhooks))
        ProcessCollector(registry=registry)

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def answered(self, reply: Reply, seconds: float) -> None:
        """A command was answered."""
        command = reply.command if reply.command in self._known else OTHER
        self._commands.labels(command, _outcome(reply)).observe(seconds)

    def called(self, method: str, result: str, seconds: float) -> None:
        """The room service answered, or did not: `result` is ok, or the error's code."""
        known = result if result in ("ok", *CODES) else OTHER
        self._calls.labels(method, known).observe(seconds)


def _outcome(reply: Reply) -> str:
    if reply.outcome is not None:
        return reply.outcome.value
    if reply.question:
        return "asked"
    return "error" if reply.tone is Tone.ERROR else "answered"


class _Now(Collector):
    """What is so at the moment of the scrape."""

    def __init__(self, house: House, adapters: Sequence[Chat], webhooks: Mapping[str, int]) -> None:
        self._house = house
        self._adapters = adapters
        self._webhooks = webhooks

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        pulse, now = self._house.services.pulse, self._house.services.clock.monotonic()
        yield _gauge("usher_enforcing", "Whether orders are enforced by this process.", pulse.begun is not None)
        yield _gauge("usher_orders_in_force", "Orders that hold now.", pulse.orders)
        yield _gauge("usher_orders_stuck", "Orders that could not be carried out lately.", len(pulse.stuck))
        yield _gauge("usher_rooms_due", "Rooms that are to be looked at.", pulse.due)
        yield _gauge("usher_sweep_interval_seconds", "Between two sweeps, as things are.", pulse.interval)
        yield _gauge("usher_sweep_age_seconds", "Since the last sweep.", _since(pulse.swept, now))
        yield _gauge("usher_webhook_age_seconds", "Since the last genuine webhook.", _since(pulse.webhook, now))
        webhooks = CounterMetricFamily("usher_webhooks", "Webhooks that came.", labels=("result",))
        for result in ("genuine", "refused", "unread"):
            webhooks.add_metric([result], self._webhooks.get(result, 0))
        yield webhooks
        chats = GaugeMetricFamily("usher_adapter_up", "Whether a chat can be used.", labels=("adapter",))
        for chat in self._adapters:
            chats.add_metric([chat.name], chat.ready)
        yield chats
        failing = len(self._house.supervisor.failing)
        yield _gauge("usher_loops_failing", "Background loops that failed and have not come round.", failing)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value)


def _since(moment: float | None, now: float) -> float:
    """NaN where there has been none."""
    return math.nan if moment is None else now - moment
