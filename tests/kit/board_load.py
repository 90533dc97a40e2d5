"""Load for a board: learners who save every few seconds, and pages that are
open. Locust makes it, in a process of its own.

    python tests/kit/board_load.py URL CODE --learners 500 --pages 20 --seconds 20 [--cookie COOKIE] [--json FILE]

Half of the pages are the instructor's, if there is a cookie. A post's delay to
a page is counted from before it is sent until the page has a picture with it.
"""

from locust import User, between, task  # isort: skip  # it patches what is imported after it

import argparse
import bisect
import contextlib
import http.client
import json
import random
import re
import secrets
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import gevent
from locust.env import Environment

from flaxkata.learner import membership

EVERY = 5.0  # seconds between two saves of a learner
SEQ = re.compile(rb'data: \{"seq": (\d+)')
BODY = Path(__file__).with_name("board_post.json")  # of a real verdict


class Seen:
    """What was acknowledged, and when which page had it."""

    started: dict[int, float] = {}  # by seq
    acknowledged: list[list] = []  # key, id, seq
    pages: list[list[tuple[int, float]]] = []
    code, cookie, what = "", "", ""


class Learner(User):
    """Posts as a learner's sender does."""

    wait_time = between(0.9 * EVERY, 1.1 * EVERY)  # constant_pacing makes all save at once

    def on_start(self) -> None:
        self.key = secrets.token_hex(24)
        gevent.sleep(random.uniform(0, EVERY))  # nobody saves when the others do
        self.joined = False

    @task
    def save(self) -> None:
        if not self.joined:
            joining = {"code": Seen.code, "name": f"learner {self.key[:6]}"}
            self.joined = bool(self._asks("join", "/api/join", json.dumps(joining)))
        id, start = uuid.uuid4().hex, time.perf_counter()
        if self.joined and (said := self._asks("post", "/api/posts", f'{{"id": "{id}", "age": 0.0, "what": {Seen.what}}}')):
            Seen.started[said["seq"]] = start
            Seen.acknowledged.append([self.key, id, said["seq"]])

    def _asks(self, name: str, path: str, body: str) -> dict:
        start, said, error = time.perf_counter(), {}, None
        try:
            said = membership.post(self.host, path, self.key, body)
        except (membership.Refused, membership.Unreachable) as found:
            error = found
        milliseconds = 1000 * (time.perf_counter() - start)
        self.environment.events.request.fire(
            request_type="POST", name=name, response_time=milliseconds, response_length=0, exception=error, context={}
        )
        return said


class Page(User):
    def on_start(self) -> None:
        self.seen: list[tuple[int, float]] = []
        Seen.pages.append(self.seen)
        self.path, self.headers = f"/{Seen.code}/stream", {}
        if Seen.cookie and len(Seen.pages) % 2:
            self.path, self.headers = "/instructor/stream", {"Cookie": Seen.cookie}

    @task
    def follow(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            place = urlsplit(self.host)
            connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
            connection.request("GET", self.path, headers=self.headers)
            for line in connection.getresponse():
                if found := SEQ.match(line):
                    self.seen.append((int(found[1]), time.perf_counter()))
        gevent.sleep(0.5)


def share(values: list[float], part: float) -> float:
    """A quantile in ms."""
    return round(1000 * sorted(values)[min(len(values) - 1, int(part * len(values)))], 1) if values else 0.0


def run(url: str, learners: int, pages: int, seconds: float) -> dict:
    """What was measured."""
    Learner.fixed_count, Page.fixed_count = learners, pages
    environment = Environment(user_classes=[Learner, Page] if pages else [Learner], host=url)
    runner = environment.create_local_runner()
    runner.start(learners + pages, spawn_rate=200)
    gevent.sleep(seconds + EVERY)  # all have begun after the second
    measured = environment.stats.get("post", "POST")
    result = {"posts": measured.num_requests, "failed": measured.num_failures, "seconds": seconds + EVERY}
    result |= {"post_median": measured.median_response_time, "post_p99": measured.get_response_time_percentile(0.99)}
    runner.stop()
    gevent.sleep(0.1)
    runner.quit()
    delays = [d for seen in Seen.pages for d in _delays(seen)]
    return result | {"page_median": share(delays, 0.5), "page_p99": share(delays, 0.99), "delays": len(delays)}


def _delays(seen: list[tuple[int, float]]) -> list[float]:
    """Of one page: how long after it was sent each post was there."""
    numbers = [number for number, _ in seen]
    if not numbers:
        return []
    places = ((bisect.bisect_left(numbers, seq), start) for seq, start in Seen.started.items() if seq > numbers[0])
    return [seen[at][1] - start for at, start in places if at < len(seen)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("code")
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--cookie", default="")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    Seen.code, Seen.cookie, Seen.what = given.code, given.cookie, BODY.read_text().strip()
    found = run(given.url, given.learners, given.pages, given.seconds)
    print(json.dumps(found))
    if given.json:
        given.json.write_text(json.dumps(found | {"acknowledged": Seen.acknowledged}))
