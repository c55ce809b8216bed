"""Load on servers, from a process of its own: connections kept alive, gzip accepted.

As a program it reads a plan as JSON from standard input and writes each request's seconds.
"""

import http.client
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

HOST = "127.0.0.1"
FRESH_KEY = "a-key-that-is-replaced"


@dataclass(frozen=True)
class Request:
    """A request to repeat; `FRESH_KEY` in the body is another key each time."""

    port: int
    path: str
    cookie: str = ""
    body: str | None = None
    status: int = 200


def send(requests: Sequence[Request], count: int, clients: int) -> list[float]:
    """Send `count` requests, taking `requests` in turn; return the seconds each took, in turn."""
    plan = {"requests": [asdict(r) for r in requests], "count": count, "clients": clients}
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(plan), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds: list[float] = json.loads(done.stdout)
    return seconds


def _carry_out(plan: dict[str, Any]) -> list[float]:
    requests = [Request(**request) for request in plan["requests"]]
    taken = [0.0] * plan["count"]
    with ThreadPoolExecutor(plan["clients"]) as pool:
        clients = range(plan["clients"])
        shares = [pool.submit(_be_a_client, requests, number, plan, taken) for number in clients]
        for share in shares:
            share.result()
    return taken


def _be_a_client(
    requests: list[Request], number: int, plan: dict[str, Any], taken: list[float]
) -> None:
    connections: dict[int, http.client.HTTPConnection] = {}
    for turn in range(number, plan["count"], plan["clients"]):
        request = requests[turn % len(requests)]
        if request.port not in connections:
            connections[request.port] = http.client.HTTPConnection(HOST, request.port, timeout=30)
            connections[request.port].connect()
        began = time.perf_counter()
        _send_one(connections[request.port], request)
        taken[turn] = time.perf_counter() - began
    for connection in connections.values():
        connection.close()


def _send_one(connection: http.client.HTTPConnection, request: Request) -> None:
    headers = {"Accept-Encoding": "gzip", "Accept": "text/html", "Cookie": request.cookie}
    if request.body is None:
        connection.request("GET", request.path, headers=headers)
    else:
        body = request.body.replace(FRESH_KEY, secrets.token_urlsafe(12))
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", request.path, body.encode(), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != request.status:
        raise RuntimeError(f"{request.path}: {answer.status} instead of {request.status}")


if __name__ == "__main__":
    json.dump(_carry_out(json.load(sys.stdin)), sys.stdout)
