"""The broker under the relay: PostgreSQL on one machine, RabbitMQ scaled out; one setting, `MVNE_BROKER_URL`."""

import os
from functools import cache
from urllib.parse import urlencode

import dramatiq
import psycopg
from dramatiq.middleware import AgeLimit, Retries, ShutdownNotifications, TimeLimit
from dramatiq_postgres import PostgresBroker
from dramatiq_postgres import init as create_tables

HEARTBEAT_SECONDS = 1.0
DEAD_AFTER_SECONDS = 5.0
TIME_LIMIT_MS = 10 * 60 * 1000


def broker_url() -> str:
    """Where messages go: `MVNE_BROKER_URL`, else the platform's own database."""
    return os.environ.get("MVNE_BROKER_URL") or os.environ["MVNE_DATABASE_URL"]


@cache
def make_broker() -> dramatiq.Broker:
    """The broker that the URL's scheme names; raises ValueError for a scheme nobody knows."""
    url = broker_url()
    scheme = url.split(":", 1)[0]
    if scheme not in BROKERS:
        raise ValueError(f"MVNE_BROKER_URL begins with '{scheme}'; it may be one of {', '.join(BROKERS)}.")
    return BROKERS[scheme](url)


def _postgres(url: str) -> dramatiq.Broker:
    broker: dramatiq.Broker = PostgresBroker(
        url=_without_waiting_for_disk(url),
        results=False,
        middleware=_middleware(),
        heartbeat_interval=HEARTBEAT_SECONDS,
        heartbeat_ttl=DEAD_AFTER_SECONDS,
        maintenance_interval=DEAD_AFTER_SECONDS / 2,
        poll_interval=0.5,
    )
    return broker


def _without_waiting_for_disk(url: str) -> str:
    """Commit messages without waiting for the disk: after a crash of the server, `resend` sends what was lost again."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'options': '-c synchronous_commit=off'})}"


def _rabbitmq(url: str) -> dramatiq.Broker:
    from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415  # pika comes when scaled out only

    return RabbitmqBroker(url=url, middleware=_middleware(), confirm_delivery=True)


def _middleware() -> list[dramatiq.Middleware]:
    # A message is retried for ever: how often work is tried is the job's row to say.
    for_ever = Retries(retry_when=lambda _retries, _error: True)
    return [AgeLimit(), TimeLimit(time_limit=TIME_LIMIT_MS), ShutdownNotifications(), for_ever]


BROKERS = {"postgresql": _postgres, "amqp": _rabbitmq, "amqps": _rabbitmq}


def prepare_broker(admin_dsn: str) -> None:
    """Create the broker's tables and let the application's login use them; with the DDL login, repeatable."""
    with psycopg.connect(admin_dsn) as connection, connection.cursor() as cursor:
        create_tables(cursor)
        cursor.execute("GRANT USAGE ON SCHEMA dramatiq TO mvne_app")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dramatiq TO mvne_app")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA dramatiq TO mvne_app")
