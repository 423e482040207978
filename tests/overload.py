#!/usr/bin/env python3
"""Asks far more of a server of its own than it can do, and watches what it does with that.

    tests/overload.py target/release/hrdb [--seconds N] [--connections N]

The server runs on 127.0.0.1 in a temporary folder. First a few clients that wait for each answer before they ask again
find out how much of each kind of work it does in a second: small reads, writes, long reads, sign-ins. Then requests come at four
times that rate whether or not anything is answered: of each kind by itself, mixed, and over ten thousand connections; then all
is as at first. Meanwhile a page, the health of the server and its metrics are each asked for every 100 ms, over a connection of
their own. Exits with 1 when something is not as it must be.

Whoever asks takes his share of the same processors, so what the server can do under this load is less than what it does alone.
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
import threading
import time

HOST = "127.0.0.1"
# Seconds within which 99 of 100 accepted requests are answered, whatever is asked of the server. A read waits for its thread,
# which sends others away once it is a second behind. A write may wait twice, for its thread and in its queue. A long read waits for ten
# seconds besides, and a sign-in for five and then for the password that is being computed, before which everything else comes.
BOUNDS = {"read": 2.5, "write": 4.0, "long": 12.5, "sign-in": 10.0}
# And for those that are refused: as soon as their thread comes to them, or when they have waited in a queue for long enough.
REFUSED = {"read": 2.5, "write": 4.0, "long": 12.5, "sign-in": 10.0}
# Seconds within which 99 of 100 that watch have their answer, by its own thread or in the line of all requests.
WATCHED = {"page": 2.5, "health": 2.5, "metrics": 1.0}
# Of four times what it can do, so much must really have been asked.
TIMES = 4
LEAST_TIMES = 3.6
# Work of any length, about half a microsecond for each number.
COUNT = "WITH RECURSIVE N(I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N WHERE I < :last) SELECT count(*) AS FOUND FROM N"
QUERIES = {
    "numbers": f"-- query: single\n-- param: last integer\n{COUNT}\n",
    "load": f"-- param: last integer\nUPDATE DEPARTMENT SET NAME = 'Loaded' WHERE DEPT_ID = 1 AND :last = ({COUNT})\n",
}


def request(method, path, headers, body=b""):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def kinds_of_work(token):
    """A request of each kind."""
    headers, queries = {"wm_auth_token": token}, "/services/hrdb/queryExecutor/queries"
    return {
        # A millisecond or two of work, so that one processor can ask for four times what another can do; a real change is done
        # in less than a tenth of that. With 3000, the read would be a long one.
        "read": request("GET", f"{queries}/numbers?last=2500", headers),
        "write": request("PUT", f"{queries}/load", headers, json.dumps({"last": 4000}).encode()),
        "long": request("GET", f"{queries}/numbers?last=100000", headers),
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
        self.results, self.late, self.lags, self.stopped = [], 0, [], 0.0

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
                when, kind = heapq.heapreplace(due, (due[0][0] + 1 / rates[due[0][1]], due[0][1]))
                self.lags.append(now - when)
                if self.idle:
                    self.begin(self.idle.popleft(), kind)
                else:
                    self.late += 1
            self.take(max(0.0, min(due[0][0] - time.monotonic(), 0.05)))
        self.stopped = time.monotonic()
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
                "shed_p50": quantile(shed, 0.5),
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
    return load.results, load.late, load.lags, load.stopped


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) // 1024


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def watch(pid, doors, stop, found):
    """Asks at each door every 100 ms, over a connection of its own each time, and looks at the process."""

    def at(name, port, path):
        while not stop.is_set():
            began = time.monotonic()
            try:
                with socket.create_connection((HOST, port), timeout=15) as peer:
                    peer.settimeout(15)
                    peer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    status = int(peer.recv(4096)[9:12] or 0)
            except (OSError, ValueError):
                status = 0
            found.put((name, began, status, time.monotonic() - began))
            time.sleep(max(0.0, 0.1 - (time.monotonic() - began)))

    askers = [threading.Thread(target=at, args=(name, *door)) for name, door in doors.items()]
    for asker in askers:
        asker.start()
    while not stop.is_set():
        found.put(("process", time.monotonic(), resident(pid), threads(pid)))
        time.sleep(0.1)
    for asker in askers:
        asker.join()


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
        for name, text in QUERIES.items():
            with open(os.path.join(folder, "queries", "hrdb", f"{name}.sql"), "w") as query:
                query.write(text)
        log = open(os.path.join(folder, "log"), "w")
        # Basic credentials are not remembered, so that each sign-in costs a hash. Who holds a connection and asks for nothing
        # yet is not cut: that is looked at elsewhere.
        options = ["--listen", f"{HOST}:0", "--metrics-listen", f"{HOST}:0", "--queries-dir", "queries", "--basic-cache-seconds", "0"]
        options += ["--head-timeout-seconds", "300", "--keep-alive-seconds", "300", "--log", "warn"]
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
    port, watched_port = (int(re.search(r":(\d+)/", server.stdout.readline().decode())[1]) for _ in range(2))
    answer = ask(port, request("GET", "/services/security/token", {"Authorization": basic("admin", "admin")}))
    work = kinds_of_work(re.search(rb'"wm_auth_token":"(\w+)"', answer)[1].decode())
    failures, before = [], resident(server.pid)
    stop, found = multiprocessing.Event(), multiprocessing.Queue()
    doors = {"page": (port, "/login.html"), "health": (port, "/health/ready"), "metrics": (watched_port, "/metrics")}
    watcher = multiprocessing.Process(target=watch, args=(server.pid, doors, stop, found), daemon=True)
    watcher.start()
    windows, ends = [], {}
    print(f"load of the machine: {os.getloadavg()[0]:.2f}, processors: {os.cpu_count()}")

    def show(name, table):
        print(f"\n{name}\n{'':10}{'asked/s':>9}{'200/s':>9}{'p50':>9}{'p99':>9}{'503/s':>9}{'p50':>9}{'p99':>9}")
        for kind, row in table.items():
            times = "".join(f"{row[name] * 1000:>7.0f}ms" for name in ("p50", "p99"))
            refused = "".join(f"{row[name] * 1000:>7.0f}ms" for name in ("shed_p50", "shed_p99"))
            print(f"{kind:10}{row['asked']:>9.0f}{row['accepted']:>9.0f}{times}{row['shed']:>9.0f}{refused}", flush=True)
            if row["bare"]:
                failures.append(f"{name}, {kind}: {row['bare']} answers of 503 without Retry-After")
            if row["broken"]:
                failures.append(f"{name}, {kind}: neither 200 nor 503: {dict(row['broken'])}")
            if row["p99"] > BOUNDS[kind]:
                failures.append(f"{name}, {kind}: p99 of what is accepted is {row['p99']:.1f} s")
            if row["shed_p99"] > REFUSED[kind]:
                failures.append(f"{name}, {kind}: p99 of what is refused is {row['shed_p99']:.1f} s")

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
        ends[name] = max(stopped for *_, stopped in parts)
        table = by_kind([result for results, *_ in parts for result in results], given.seconds)
        show(name, table)
        unsent = sum(late for _, late, *_ in parts) / given.seconds
        lag = quantile([lag for _, _, lags, _ in parts for lag in lags], 0.99)
        times = sum(table[kind]["asked"] / capacity[kind] for kind in rates)
        print(f"that is {times:.1f} times what it can do; not sent for want of a free connection: {unsent:.0f} a second;")
        print(f"99 of 100 were sent at most {lag * 1000:.0f} ms late; all are answered {windows[-1][2] - ends[name]:.1f} s after the last was sent")
        if times < LEAST_TIMES:
            failures.append(f"{name}: only {times:.1f} times as much was asked")
        if not all(row["accepted"] for row in table.values()):
            failures.append(f"{name}: a kind of work was never accepted")
        # What is left of it is no part of the next.
        time.sleep(3)

    capacity = measure("alone, one kind after the other")
    for kind in BOUNDS:
        overload(f"too many: {kind}", {kind: TIMES * capacity[kind]}, given.connections // 2)
    # A quarter of that from each of the four kinds.
    overload("too much, mixed", capacity, given.connections // 2)
    overload(f"too much, mixed, {given.connections} connections", capacity, given.connections)
    after = measure("afterwards, one kind after the other")
    stop.set()
    seen = []
    while watcher.is_alive() or not found.empty():
        while not found.empty():
            seen.append(found.get())
        watcher.join(0.2)
    titles = "".join(f"{door + ' 200':>12}{'503':>5}{'p99':>8}{'worst':>8}" for door in doors)
    print(f"\n{'':<40}{titles}{'memory':>8}{'threads':>8}")
    for name, began, ended in windows:
        print(f"{name:<40}", end="")
        for door in doors:
            mine = [(status, took) for kind, at, status, took in (one for one in seen if one[0] == door) if began <= at < ended]
            good = sum(1 for status, _ in mine if status == 200)
            shed = sum(1 for status, _ in mine if status == 503)
            times = [took for _, took in mine]
            print(f"{good:>12}{shed:>5}{quantile(times, 0.99) * 1000:>6.0f}ms{max(times, default=0) * 1000:>6.0f}ms", end="")
            if good + (shed if door == "page" else 0) < len(mine):
                failures.append(f"{name}: {door} was not answered {len(mine) - good - shed} times of {len(mine)}, and refused {shed} times")
            if quantile(times, 0.99) > WATCHED[door]:
                failures.append(f"{name}: p99 of {door} is {quantile(times, 0.99):.1f} s")
        process = [one for one in seen if one[0] == "process" and began <= one[1] < ended]
        print(f"{max((one[2] for one in process), default=0):>6}MB{max((one[3] for one in process), default=0):>8}")
    for name, end in ends.items():
        until = min(began for _, began, _ in windows if began > end)
        pages = [(at, status) for kind, at, status, _ in (one for one in seen if one[0] == "page") if end <= at < until]
        refused = [at - end for at, status in pages if status == 503]
        print(f"{name}: of {len(pages)} pages asked for after the end of the load {len(refused)} were refused, the last after {max(refused, default=0.0):.1f} s")
    print(f"\nmemory: {before} MB before, {resident(server.pid)} MB after")
    for kind in BOUNDS:
        if after[kind] < capacity[kind] / 2:
            failures.append(f"afterwards, {kind}: {after[kind]:.0f} a second, {capacity[kind]:.0f} before")
    return failures


if __name__ == "__main__":
    main()
