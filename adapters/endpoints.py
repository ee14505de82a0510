"""What `usher run` answers over HTTP beside the chats: each of its routes, and the lines that say where they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aiohttp.typedefs import Handler

from adapters.admitting import ADMISSION_PATH, Admitting
from adapters.api import Api
from adapters.channels import Chat
from adapters.health import HEALTH_PATH, READY_PATH, Health
from adapters.http import HttpServer
from adapters.livekit.receiver import WEBHOOKS_PATH, WebhookReceiver
from adapters.livekit.tokens import Credentials, KeySource
from adapters.metrics import METRICS_PATH, Metrics
from adapters.reporting import REPORTS_PATH, Reporting
from adapters.settings import Settings
from adapters.wiring import House, key_of
from bot.reports import Reports

NO_API = "HTTP: /v1 is not served: USHER_API_TOKEN is not set"


class Endpoints:
    """Adds its routes to the server, which has not started yet."""

    def __init__(
        self,
        settings: Settings,
        house: House,
        http: HttpServer,
        adapters: Sequence[Chat],
        stopping: Callable[[], bool],
    ) -> None:
        self._http = http
        self._paths: list[str] = []
        enforcer, clock = house.enforcement.enforcer, house.services.clock
        self._webhooks = WebhookReceiver(webhook_key(settings), clock, enforcer.webhook, enforcer.flooded)
        self._add("POST", WEBHOOKS_PATH, self._webhooks.receive)
        health, metrics = Health(house, adapters, stopping), Metrics(house, adapters, self._webhooks.counted)
        self._add("GET", HEALTH_PATH, health.live)
        self._add("GET", READY_PATH, health.ready)
        self._add("GET", METRICS_PATH, metrics.answer)
        if token := settings["USHER_API_TOKEN"]:
            api = Api(token, clock)
            reports = Reports(house.services, house.channels)
            self._add("GET", ADMISSION_PATH, api.guarded(Admitting(house.services).answer))
            self._add("POST", REPORTS_PATH, api.guarded(Reporting(reports, clock).answer))
            house.supervisor.start("reports", reports.serve)

    @property
    def said(self) -> tuple[str, ...]:
        """What is served where, once the server has started."""
        served = f"HTTP: {self._http.url} serves {', '.join(self._paths)}"
        return (served,) if ADMISSION_PATH in self._paths else (served, NO_API)

    def _add(self, method: str, path: str, handler: Handler) -> None:
        self._http.add(method, path, handler)
        self._paths.append(path)


def webhook_key(settings: Settings) -> Credentials | KeySource:
    """The key that webhooks are signed with: one of their own, or the key of the project."""
    own = "USHER_WEBHOOK" if settings["USHER_WEBHOOK_API_KEY"] else "LIVEKIT"
    return key_of(settings, f"{own}_API_KEY", f"{own}_API_SECRET")
