#!/usr/bin/env python3
"""Treats a server of its own badly, and watches how a healthy client fares meanwhile.

    tests/hostile.py target/release/hrdb [--connections N] [--sign-ins N] [--seconds N]

The server runs on 127.0.0.1 in a temporary folder. Each kind of bad client has its turn, most of them on top of thousands
of idle connections; a healthy client, a process of its own, asks for a row every 100 ms all the while. At the end come
its times, the server's memory, and whether the database is what it was. Exits with 1 when something is not as it must be.
"""

import argparse
import base64
import hashlib
import http.client
import multiprocessing
import os
import re
import resource
import select
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HOST = "127.0.0.1"
ENOUGH = 0.1  # seconds in which the healthy client must have its answer


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def get(port, path, headers=None, timeout=30):
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def connect(port, data=b""):
    peer = socket.create_connection((HOST, port), timeout=20)
    if data:
        peer.sendall(data)
    return peer


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) // 1024


def content(path):
    """A digest of all rows of all tables."""
    with sqlite3.connect(path) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()


def healthy(port, token, stop, times):
    """Asks every 100 ms; a time, or None when there was no good answer."""
    while not stop.is_set():
        began = time.monotonic()
        try:
            status, body = get(port, "/services/hrdb/Department/1", {"wm_auth_token": token}, timeout=10)
            took = time.monotonic() - began if status == 200 and b"deptId" in body else None
        except OSError:
            took = None
        times.put((began, took))
        time.sleep(max(0.0, 0.1 - (time.monotonic() - began)))


def idle(port, count):
    """Connections that say nothing, or one letter, or have been served once."""
    peers = []
    for number in range(count):
        try:
            peer = connect(port, [b"", b"G"][number % 2])
        except OSError:
            break
        peer.setblocking(False)
        peers.append(peer)
    return peers


def closed(peers, seconds):
    """How many of them the server closes within so many seconds."""
    poll = select.poll()
    waiting = {peer.fileno(): peer for peer in peers}
    for number in waiting:
        poll.register(number, select.POLLIN | select.POLLHUP | select.POLLRDHUP)
    end = time.monotonic() + seconds
    while waiting and time.monotonic() < end:
        for number, _ in poll.poll(1000):
            try:
                data = waiting[number].recv(4096)
            except OSError:
                data = b""
            if not data:
                poll.unregister(number)
                waiting.pop(number).close()
    for peer in waiting.values():
        peer.close()
    return len(peers) - len(waiting)


def slow(port, token, seconds, body):
    """A head or a body a byte at a time. Returns after how many seconds the server has had enough."""
    data = b"POST /services/hrdb/Department HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    if body:
        data += f"wm_auth_token: {token}\r\nContent-Length: 100000\r\n\r\n{{".encode()
    began = time.monotonic()
    peer = connect(port, data)
    peer.setblocking(False)
    while time.monotonic() - began < seconds:
        try:
            if peer.recv(4096) == b"":
                break
        except BlockingIOError:
            pass
        except OSError:
            break
        try:
            peer.sendall(b"x")
        except BlockingIOError:
            pass
        except OSError:
            break
        time.sleep(0.5)
    peer.close()
    return time.monotonic() - began


def smuggling(token):
    """Requests in which a DELETE is hidden that a proxy in front would not see."""
    hidden = f"DELETE /services/hrdb/Vacation/1 HTTP/1.1\r\nHost: localhost\r\nwm_auth_token: {token}\r\n\r\n"
    post = "POST /services/security/info HTTP/1.1\r\nHost: localhost\r\n"
    length = len(hidden)
    bodies = [
        (f"Content-Length: {length + 5}\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + hidden),
        (f"Transfer-Encoding: chunked\r\nContent-Length: {length + 5}\r\n", "0\r\n\r\n" + hidden),
        (f"Content-Length: 0\r\nContent-Length: {length}\r\n", hidden),
        (f"Content-Length: {length}\r\nContent-Length: 0\r\n", hidden),
        (f"Content-Length: 0, {length}\r\n", hidden),
        (f"Content-Length: +{length}\r\n", hidden),
        (f"Content-Length : {length}\r\n", hidden),
        (f"X: a\r\n Content-Length: {length}\r\n", hidden),
        (f"Transfer-Encoding: xchunked\r\nContent-Length: {length}\r\n", hidden),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n" + hidden),
        ("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n" + hidden),
        ("Transfer-Encoding:\x0bchunked\r\n", "0\r\n\r\n" + hidden),
        ("Transfer-Encoding: chunked\r\n", "0x0\r\n\r\n" + hidden),
        ("Transfer-Encoding: chunked\r\n", "-1\r\n\r\n" + hidden),
        ("Transfer-Encoding: chunked\r\n", "ffffffffffffffff1\r\n" + hidden),
        ("Transfer-Encoding: chunked\r\n", "0;\n\r\n\r\n" + hidden),
        ("Transfer-Encoding: chunked\r\n", "2\r\nabc\r\n0\r\n\r\n" + hidden),
        ("Transfer-Encoding: chunked\n", "0\n\n" + hidden),
        (f"Content-Length: {length}\r\nConnection: Content-Length\r\n", hidden),
    ]
    return [(post + headers + "\r\n" + body).encode("latin-1") for headers, body in bodies]


def rubbish(number):
    seed = hashlib.sha512(str(number).encode()).digest()
    return [
        seed * 40,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50 + seed,
        b"GET /" + b"a" * 200_000,
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5_000,
        b"GET /%00%ff" + seed.hex().encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01" + seed,
        b"\r\n" * 10_000,
        b"POST /services/hrdb/User HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n{{{",
    ][number % 8]


def exchange(port, data):
    """Sends and reads until the end or a second of silence."""
    received = b""
    try:
        peer = connect(port)
        peer.settimeout(1)
        peer.sendall(data)
        peer.shutdown(socket.SHUT_WR)
        while chunk := peer.recv(65536):
            received += chunk
    except OSError:
        pass
    return received


def at_once(threads, work, items):
    """Does the work for every item, some at a time; returns what came of each."""
    items, results, lock = list(items), [], threading.Lock()

    def run():
        while True:
            with lock:
                if not items:
                    return
                item = items.pop()
            result = work(item)
            with lock:
                results.append(result)

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return results


def sign_in(port, number):
    """A wrong password: as a form, or as Basic credentials."""
    name = ["admin", "user", f"nobody{number}"][number % 3]
    try:
        if number % 2:
            return get(port, "/services/security/token", {"Authorization": basic(name, f"x{number}")}, timeout=60)[0]
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/j_spring_security_check", f"j_username={name}&j_password=x{number}", form)
        return connection.getresponse().status
    except OSError:
        return 0


class Report:
    """What has been found, a line for each kind of bad client."""

    def __init__(self):
        self.rows, self.failures = [], []

    def check(self, holds, text):
        if not holds:
            self.failures.append(text)

    def row(self, name, figure, window):
        self.rows.append((name, figure, window))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary")
    arguments.add_argument("--connections", type=int, default=10_000)
    arguments.add_argument("--sign-ins", type=int, default=1_000)
    arguments.add_argument("--seconds", type=int, default=45, help="patience with what must be cut")
    given = arguments.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    connections = min(given.connections, most - 500)
    with tempfile.TemporaryDirectory() as folder:
        log = open(os.path.join(folder, "log"), "w")
        server = subprocess.Popen(
            [os.path.abspath(given.binary), "--listen", f"{HOST}:0"], cwd=folder, stdout=subprocess.PIPE, stderr=log
        )
        try:
            failed = run(server, folder, connections, given)
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)
    sys.exit(1 if failed else 0)


def run(server, folder, connections, given):
    line = server.stdout.readline().decode()
    port = int(re.search(r":(\d+)/", line)[1])
    database = os.path.join(folder, "data", "hrdb.db")
    token = re.search(rb'"wm_auth_token":"(\w+)"', get(port, "/services/security/token", {"Authorization": basic("admin", "admin")})[1])[1].decode()
    before, memory = content(database), [resident(server.pid)]
    stop, times = multiprocessing.Event(), multiprocessing.Queue()
    watcher = multiprocessing.Process(target=healthy, args=(port, token, stop, times), daemon=True)
    watcher.start()
    report = Report()
    measured = []

    def window(name, work):
        began = time.monotonic()
        figure = work()
        memory.append(resident(server.pid))
        report.row(name, figure, (began, time.monotonic()))
        print(f"{name}: {figure}", flush=True)

    def quiet():
        time.sleep(3)
        return "nothing"

    def slow_heads_and_bodies():
        took = at_once(100, lambda body: slow(port, token, given.seconds, body), [False, True] * 50)
        report.check(max(took) < given.seconds, "a slow client was not cut")
        return f"100 cut after {min(took):.0f} to {max(took):.0f} s"

    def idle_connections():
        peers = idle(port, connections)
        report.check(len(peers) == connections, f"only {len(peers)} idle connections could be made")
        memory.append(resident(server.pid))
        time.sleep(2)
        cut = closed(peers, given.seconds)
        report.check(cut == len(peers), f"{len(peers) - cut} idle connections were not closed")
        return f"{len(peers)} made, {cut} closed by the server"

    def rubbish_and_smuggling():
        answers = at_once(20, lambda number: exchange(port, rubbish(number)), range(800))
        shapes = smuggling(token)
        smuggled = at_once(4, lambda data: exchange(port, data), shapes * 5)
        double = sum(answer.count(b"HTTP/1.1 200") + answer.count(b"HTTP/1.1 404") for answer in smuggled)
        report.check(double == 0, f"{double} smuggled requests were answered")
        return f"{len(answers)} pieces of rubbish, {len(smuggled)} smuggling attempts, {double} answered"

    def sign_ins():
        statuses = at_once(8, lambda number: sign_in(port, number), range(given.sign_ins))
        counts = {status: statuses.count(status) for status in sorted(set(statuses))}
        report.check(not {200, 302} & set(counts), f"a wrong password was taken: {counts}")
        return f"{len(statuses)} wrong passwords, answered {counts}"

    window("nothing (for comparison)", quiet)
    window("slow heads and bodies", slow_heads_and_bodies)
    window("idle connections", idle_connections)
    window("rubbish and smuggling", rubbish_and_smuggling)
    window("sign-ins", sign_ins)
    window("nothing (afterwards)", quiet)
    stop.set()
    while watcher.is_alive() or not times.empty():
        while not times.empty():
            measured.append(times.get())
        watcher.join(0.2)
    def worst(name):
        began, ended = next(window for row, _, window in report.rows if row == name)
        return max((took or 9.0 for at, took in measured if began <= at < ended), default=9.0)

    # Where even a server that is left alone keeps its client waiting, others are using the machine.
    is_quiet = all(worst(name) < ENOUGH / 2 for name in ("nothing (for comparison)", "nothing (afterwards)"))
    print(f"\n{'while':<26}{'asked':>7}{'median':>10}{'p99':>10}{'worst':>10}")
    for name, _, (began, ended) in report.rows:
        answers = [took for at, took in measured if began <= at < ended]
        good = sorted(took for took in answers if took is not None)
        report.check(len(good) == len(answers), f"{len(answers) - len(good)} of the healthy client's requests failed during: {name}")
        p99 = good[int(len(good) * 0.99) - 1] if good else 0
        median = statistics.median(good) if good else 0
        report.check(p99 < ENOUGH or not is_quiet, f"the healthy client waited {p99 * 1000:.0f} ms during: {name}")
        print(f"{name:<26}{len(answers):>7}{median * 1000:>8.1f}ms{p99 * 1000:>8.1f}ms{(good or [0])[-1] * 1000:>8.1f}ms")
    if not is_quiet:
        print("the machine was busy with something else: the times say little")
    print(f"\nmemory: {memory[0]} MB before, {max(memory)} MB at most, {memory[-1]} MB after")
    # By token: whoever signs in from an address from which so many have failed has to wait.
    status, _ = get(port, "/services/hrdb/Employee", {"wm_auth_token": token})
    print(f"afterwards: GET /services/hrdb/Employee answers {status}")
    report.check(status == 200, "the server no longer works")
    unchanged = content(database) == before
    print(f"the database is {'unchanged' if unchanged else 'CHANGED'}")
    report.check(unchanged, "the database has changed")
    for failure in report.failures:
        print(f"FAILED: {failure}")
    return report.failures


if __name__ == "__main__":
    main()
