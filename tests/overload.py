#!/usr/bin/env python3
"""Asks far more of a server of its own than it can do, and watches what it does with that.

    tests/overload.py target/release/hrdb [--seconds N] [--connections N]

The server runs on 127.0.0.1 in a temporary folder. First a few clients that wait for each answer before they ask again
find out how much of each kind of work it does in a second: small reads, writes, long reads, sign-ins. Then requests come at four
times that rate whether or not anything is answered, mixed, and over ten thousand connections; then all is as at first.
Meanwhile another client asks for a page every 100 ms. Exits with 1 when something is not as it must be.
"""

import argparse
import base64
import collections
import heapq
import json
import multiprocessing
import os
import re
import resource
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time

HOST = "127.0.0.1"
# Seconds within which 99 of 100 accepted requests are answered, whatever is asked of the server.
BOUNDS = {"read": 5.0, "write": 5.0, "long": 12.0, "sign-in": 12.0}
NUMBERS = """-- query: single
-- param: last integer
WITH RECURSIVE N(I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N WHERE I < :last) SELECT count(*) AS FOUND FROM N
"""


def request(method, path, headers, body=b""):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def kinds_of_work(token):
    """A request of each kind."""
    headers = {"wm_auth_token": token}
    return {
        # About a millisecond of work, so that one processor can ask for four times what another can do.
        "read": request("GET", "/services/hrdb/queryExecutor/queries/numbers?last=3000", headers),
        "write": request("PUT", "/services/hrdb/Department/1", headers, json.dumps({"name": "Loaded", "deptCode": "LOAD"}).encode()),
        "long": request("GET", "/services/hrdb/queryExecutor/queries/numbers?last=100000", headers),
        # Another name each time would be slowed down as guessing; a right password that is not remembered costs the same.
        "sign-in": request("GET", "/services/security/token", {"Authorization": basic("admin", "admin")}),
    }


class Client:
    """One connection, which has at most one request under way."""

    def __init__(self, number):
        self.number, self.socket, self.kind, self.asked = number, None, None, 0.0
        self.received, self.is_idle = b"", True

    def answer(self):
        """Status and Retry-After of the answer, when it is whole."""
        head, end, rest = self.received.partition(b"\r\n\r\n")
        if not end:
            return None
        text = head.decode("latin-1")
        length = re.search(r"(?i)\r\ncontent-length: (\d+)", text)
        if length is None or len(rest) < int(length[1]):
            return None
        return int(text[9:12]), "\r\nretry-after:" in text.lower(), "\r\nconnection: close" in text.lower()


class Load:
    """Requests over some connections: at a rate, or each as soon as the last one is answered."""

    def __init__(self, port, work, count):
        self.port, self.work = port, work
        self.poll = selectors.DefaultSelector()
        self.clients = [Client(number) for number in range(count)]
        self.idle = collections.deque(self.clients)
        self.results, self.late, self.refused = [], 0, 0

    def begin(self, client, kind):
        # From when it is really sent: what this program is behind with is not the server's.
        client.kind, client.asked, client.received, client.is_idle = kind, time.monotonic(), b"", False
        try:
            if client.socket is None:
                self.connect(client)
            client.socket.send(self.work[kind])
        except OSError:
            self.end(client, 0, False, True)

    def end(self, client, status, retry, close):
        self.results.append((client.kind, status, retry, time.monotonic() - client.asked))
        if close and client.socket is not None:
            try:
                self.poll.unregister(client.socket)
            except KeyError:
                pass
            client.socket.close()
            client.socket = None
        client.is_idle = True
        self.idle.append(client)

    def take(self, timeout):
        for key, _ in self.poll.select(timeout):
            client = key.data
            try:
                data = client.socket.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                if client.is_idle:
                    # An idle connection has ended; the next request makes another.
                    self.poll.unregister(client.socket)
                    client.socket.close()
                    client.socket = None
                else:
                    self.end(client, 0, False, True)
                continue
            client.received += data
            answer = client.answer()
            if answer:
                self.end(client, *answer)

    def closed(self, kind, seconds):
        """Each client asks again as soon as it has its answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while self.idle:
                self.begin(self.idle.popleft(), kind)
            self.take(0.1)
        self.wait(30)

    def connect(self, client):
        client.socket = socket.create_connection((HOST, self.port), timeout=20)
        client.socket.setblocking(False)
        self.poll.register(client.socket, selectors.EVENT_READ, client)

    def opened(self, rates, seconds):
        """Requests at a rate for each kind. One for which no client is free is not sent, and counted."""
        for client in self.clients:
            self.connect(client)
        began = time.monotonic()
        due = [(began, kind) for kind, rate in rates.items() if rate > 0]
        heapq.heapify(due)
        while due[0][0] < began + seconds:
            now = time.monotonic()
            while due[0][0] <= now and due[0][0] < began + seconds:
                _, kind = heapq.heapreplace(due, (due[0][0] + 1 / rates[due[0][1]], due[0][1]))
                if self.idle:
                    self.begin(self.idle.popleft(), kind)
                else:
                    self.late += 1
            self.take(max(0.0, min(due[0][0] - time.monotonic(), 0.05)))
        self.wait(90)

    def wait(self, seconds):
        end = time.monotonic() + seconds
        while len(self.idle) < len(self.clients) and time.monotonic() < end:
            self.take(0.1)
        for client in self.clients:
            if client.socket is not None:
                client.socket.close()


def quantile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] if times else 0.0


def by_kind(results, seconds):
    table = {}
    for kind in BOUNDS:
        mine = [(status, retry, took) for name, status, retry, took in results if name == kind]
        if mine:
            accepted = [took for status, _, took in mine if status == 200]
            shed = [took for status, _, took in mine if status == 503]
            table[kind] = {
                "asked": len(mine) / seconds,
                "accepted": len(accepted) / seconds,
                "p50": quantile(accepted, 0.5),
                "p99": quantile(accepted, 0.99),
                "shed": len(shed) / seconds,
                "shed_p99": quantile(shed, 0.99),
                "bare": sum(1 for status, retry, _ in mine if status == 503 and not retry),
                "broken": collections.Counter(status for status, _, _ in mine if status not in (200, 503)),
            }
    return table


def drive(arguments):
    """In a process of its own: what one processor can ask."""
    port, work, count, rates, seconds = arguments
    load = Load(port, work, count)
    load.opened(rates, seconds)
    return load.results, load.late


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) // 1024


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def watch(port, pid, stop, found):
    """Asks for a page every 100 ms, over a connection of its own each time."""
    while not stop.is_set():
        began = time.monotonic()
        try:
            with socket.create_connection((HOST, port), timeout=15) as peer:
                peer.settimeout(15)
                peer.sendall(b"GET /login.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                status = int(peer.recv(4096)[9:12] or 0)
        except (OSError, ValueError):
            status = 0
        found.put((began, status, time.monotonic() - began, resident(pid), threads(pid)))
        time.sleep(max(0.0, 0.1 - (time.monotonic() - began)))


def ask(port, data):
    with socket.create_connection((HOST, port), timeout=30) as peer:
        peer.sendall(data.replace(b"\r\nHost:", b"\r\nConnection: close\r\nHost:", 1))
        received = b""
        while chunk := peer.recv(65536):
            received += chunk
    return received


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--seconds", type=int, default=15, help="of each overload")
    parser.add_argument("--connections", type=int, default=10_000)
    given = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    given.connections = min(given.connections, most - 500)
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "queries", "hrdb"))
        with open(os.path.join(folder, "queries", "hrdb", "numbers.sql"), "w") as query:
            query.write(NUMBERS)
        log = open(os.path.join(folder, "log"), "w")
        # Basic credentials are not remembered, so that each sign-in costs a hash.
        options = ["--listen", f"{HOST}:0", "--queries-dir", "queries", "--basic-cache-seconds", "0", "--log", "warn"]
        server = subprocess.Popen([os.path.abspath(given.binary), *options], cwd=folder, stdout=subprocess.PIPE, stderr=log)
        try:
            failures = run(server, given)
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=60)
        if code != 0:
            failures.append(f"the server ended with {code}")
        with open(os.path.join(folder, "log")) as said:
            panics = [line for line in said if "panic" in line]
        failures += panics[:3]
    for failure in failures:
        print(f"FAILED: {failure}")
    sys.exit(1 if failures else 0)


def run(server, given):
    port = int(re.search(r":(\d+)/", server.stdout.readline().decode())[1])
    answer = ask(port, request("GET", "/services/security/token", {"Authorization": basic("admin", "admin")}))
    work = kinds_of_work(re.search(rb'"wm_auth_token":"(\w+)"', answer)[1].decode())
    failures, before = [], resident(server.pid)
    stop, found = multiprocessing.Event(), multiprocessing.Queue()
    watcher = multiprocessing.Process(target=watch, args=(port, server.pid, stop, found), daemon=True)
    watcher.start()
    windows, capacity = [], {}

    def show(name, table):
        print(f"\n{name}\n{'':10}{'asked/s':>9}{'200/s':>9}{'p50':>9}{'p99':>9}{'503/s':>9}{'p99':>9}")
        for kind, row in table.items():
            print(
                f"{kind:10}{row['asked']:>9.0f}{row['accepted']:>9.0f}{row['p50'] * 1000:>7.0f}ms{row['p99'] * 1000:>7.0f}ms"
                f"{row['shed']:>9.0f}{row['shed_p99'] * 1000:>7.0f}ms",
                flush=True,
            )
            if row["bare"]:
                failures.append(f"{name}, {kind}: {row['bare']} answers of 503 without Retry-After")
            if row["broken"]:
                failures.append(f"{name}, {kind}: neither 200 nor 503: {dict(row['broken'])}")
            if row["p99"] > BOUNDS[kind]:
                failures.append(f"{name}, {kind}: p99 of what is accepted is {row['p99']:.1f} s")

    def measure(name):
        began, table = time.monotonic(), {}
        for kind in BOUNDS:
            load = Load(port, work, {"read": 32, "write": 64, "long": 4, "sign-in": 4}[kind])
            load.closed(kind, 3)
            table |= by_kind(load.results, 3)
        windows.append((name, began, time.monotonic()))
        show(name, table)
        return {kind: row["accepted"] for kind, row in table.items()}

    def overload(name, rates, connections):
        began = time.monotonic()
        processes = 2
        share = {kind: rate / processes for kind, rate in rates.items()}
        task = (port, work, connections // processes, share, given.seconds)
        with multiprocessing.Pool(processes) as pool:
            parts = pool.map(drive, [task] * processes)
        windows.append((name, began, time.monotonic()))
        results = [result for part, _ in parts for result in part]
        table = by_kind(results, given.seconds)
        show(name, table)
        print(f"not sent, because no connection was free: {sum(late for _, late in parts) / given.seconds:.0f} a second")
        if not all(row["accepted"] for row in table.values()):
            failures.append(f"{name}: a kind of work was never accepted")

    capacity = measure("alone, one kind after the other")
    for kind in BOUNDS:
        overload(f"four times as many: {kind}", {kind: 4 * capacity[kind]}, 1_000)
    quarter = {kind: rate for kind, rate in capacity.items()}
    overload("four times as much, mixed", quarter, 2_000)
    overload(f"four times as much, mixed, {given.connections} connections", quarter, given.connections)
    time.sleep(3)
    after = measure("afterwards, one kind after the other")
    stop.set()
    seen = []
    while watcher.is_alive() or not found.empty():
        while not found.empty():
            seen.append(found.get())
        watcher.join(0.2)
    print(f"\n{'a page, while':<50}{'asked':>6}{'200':>6}{'503':>6}{'p99':>9}{'worst':>9}{'memory':>9}{'threads':>8}")
    for name, began, ended in windows:
        mine = [one for one in seen if began <= one[0] < ended]
        times = [took for _, status, took, _, _ in mine if status in (200, 302, 503)]
        good = sum(1 for _, status, *_ in mine if status in (200, 302))
        shed = sum(1 for _, status, *_ in mine if status == 503)
        memory, most = max((one[3] for one in mine), default=0), max((one[4] for one in mine), default=0)
        print(
            f"{name:<50}{len(mine):>6}{good:>6}{shed:>6}{quantile(times, 0.99) * 1000:>7.0f}ms{max(times, default=0) * 1000:>7.0f}ms{memory:>7}MB{most:>8}"
        )
        if good + shed < len(mine):
            failures.append(f"{name}: {len(mine) - good - shed} of {len(mine)} were not answered")
    print(f"\nmemory: {before} MB before, {resident(server.pid)} MB after")
    for kind in BOUNDS:
        if after[kind] < capacity[kind] / 2:
            failures.append(f"afterwards, {kind}: {after[kind]:.0f} a second, {capacity[kind]:.0f} before")
    return failures


if __name__ == "__main__":
    main()
