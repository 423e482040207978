#!/usr/bin/env python3
"""Whether a million rows feel like a thousand: growth.py PATH_OF_HRDB PATH_OF_SCAN [ROUNDS]

Generates 1,000, 100,000 and 1,000,000 employees into folders of their own, serves each with one worker on one core, and
drives them in turn with wrk on the other, 32 connections that are kept. What counts is the median over the rounds of each
figure as a part of its base's in the same round. Takes some eight minutes and 1.5 GB of disk, and leaves nothing behind.
"""

import base64
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HRDB, SCAN = sys.argv[1], sys.argv[2]
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
SIZES = [1_000, 100_000, 1_000_000]
COLUMNS = ("empId firstname lastname street city state zip birthdate picurl jobTitle deptId username role managerId tenantId").split()
SERVER_CORE, CLIENT_CORE = ["taskset", "-c", "0"], ["taskset", "-c", "1"]
# Answers that are kept would compare what is not read at all with what is.
KEEPING = ["--answer-cache-bytes", "0"]
JOINED = "SELECT * FROM EMPLOYEE e LEFT JOIN DEPARTMENT d ON d.DEPT_ID = e.DEPT_ID LEFT JOIN EMPLOYEE m ON m.EMP_ID = e.MANAGER_ID"
ONE, EVERYTHING = f"{JOINED} WHERE e.EMP_ID = ?", f"{JOINED} ORDER BY e.EMP_ID"
LOOKUPS = 300_000

# Each request asks for another row, spread over the whole table.
SPREAD = """
local at = 0
request = function()
  at = (at + 7919) %% %d
  return wrk.format(nil, "%s" .. (at + %d))
end
"""


class Server:
    def __init__(self, folder, employees):
        self.employees, self.data = employees, os.path.join(folder, str(employees))
        began = time.monotonic()
        subprocess.run([HRDB, "--data-dir", self.data, "--log", "off", "generate", "--employees", str(employees)],
                       check=True, stdout=subprocess.DEVNULL)
        self.generated, self.file = time.monotonic() - began, os.path.join(self.data, "hrdb.db")
        began = time.monotonic()
        self.process = subprocess.Popen(SERVER_CORE + [HRDB, "--listen", "127.0.0.1:0", "--workers", "1", *KEEPING, "--data-dir", self.data,
                                                       "--log", "off"], stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://[0-9.:]+", self.process.stdout.readline()).group()
        self.started = time.monotonic() - began
        basic = base64.b64encode(b"admin:admin").decode()
        self.token = json.loads(self.get("/services/security/token", {"Authorization": f"Basic {basic}"}))["wm_auth_token"]

    def get(self, path, headers=None):
        request = urllib.request.Request(self.url + path, headers=headers or {"wm_auth_token": self.token})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()

    def command(self, path, seconds, connections=32, script=None):
        headers = ["-H", f"wm_auth_token: {self.token}"]
        return CLIENT_CORE + ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", *headers,
                              *(["-s", script] if script else []), self.url + path]

    def drive(self, path, seconds=1, script=None):
        """Requests per second, and the 99th percentile of their times in ms."""
        text = subprocess.run(self.command(path, seconds, script=script), check=True, capture_output=True, text=True).stdout
        assert "Non-2xx" not in text, f"{path}: {text}"
        number, unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", text).groups()
        return (float(re.search(r"Requests/sec:\s+([0-9.]+)", text).group(1)),
                float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit])

    def peak(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()


def script(folder, server, name, path, first, number):
    file = os.path.join(folder, f"{name}-{server.employees}.lua")
    with open(file, "w") as out:
        out.write(SPREAD % (number, path, first))
    return file


def scanned(server, *statement):
    """Seconds that SQLite alone takes."""
    output = subprocess.run(SERVER_CORE + [SCAN, server.file, *statement], check=True, capture_output=True, text=True).stdout
    return float(output.split()[0])


def line(what, ratios, unit="", note=""):
    print(f"{what:<58}{statistics.median(ratios):>8.2f}{unit}   {min(ratios):.2f} to {max(ratios):.2f}   {note}", flush=True)


def compare(what, servers, rate, unit):
    """Rates of each server, in turns, as parts of the first one's."""
    found = {server: [] for server in servers}
    for _ in range(ROUNDS):
        for server in servers:
            found[server].append(rate(server))
    for server in servers[1:]:
        ratios = [own / base for own, base in zip(found[server], found[servers[0]])]
        line(f"{what}, {server.employees:,}", ratios, note=f"{statistics.median(found[server]):.0f} {unit}")


def measure(folder, servers):
    large = servers[-1]
    by_key = {server: script(folder, server, "key", "/services/hrdb/Employee/", 1, server.employees) for server in servers}
    by_department = {server: script(folder, server, "department", "/services/hrdb/Employee?q=deptId%20%3D%20", 11,
                                    server.employees // 100 - 1) for server in servers}
    print("\nas a part of what it is with 1,000 employees:")
    for what, path, scripts in [("by key", "/", by_key), ("first page of 20 with relations and total", "/services/hrdb/Employee?size=20", {}),
                                ("page of one department's (an indexed filter)", "/", by_department)]:
        compare(what, servers, lambda server: server.drive(path, script=scripts.get(server))[0], "req/s")
    compare("by key, by SQLite alone", servers,
            lambda server: LOOKUPS / scanned(server, ONE, str(server.employees), str(LOOKUPS)), "a second")

    print("\nwith 1,000,000, as a part of the first page by key:")
    page = "/services/hrdb/Employee?size=20"
    sorted_by = {(column, way): [] for column in COLUMNS for way in ("asc", "desc")}
    for _ in range(ROUNDS):
        for column in COLUMNS:
            base = large.drive(page)[0]
            for way in ("asc", "desc"):
                sorted_by[column, way].append(large.drive(f"{page}&sort={column}%20{way}")[0] / base)
    medians = {case: statistics.median(ratios) for case, ratios in sorted_by.items()}
    worst = min(medians, key=medians.get)
    line(f"sorted by any of {len(COLUMNS)} columns, both ways", list(medians.values()), note=f"least: {' '.join(worst)}")
    last = large.employees // 20
    fast = {"last page by key": f"{page}&page={last}", "last page by last name": f"{page}&sort=lastname&page={last}",
            "page by key of the last 1,000 keys": f"{page}&q=empId%20%3E%20999000",
            "count": "/services/hrdb/Employee/count", "count of one department": "/services/hrdb/Employee/count?q=deptId%20%3D%20500"}
    for what, path in fast.items():
        ratios, rates = [], []
        for _ in range(ROUNDS):
            base, own = large.drive(page)[0], large.drive(path)[0]
            ratios.append(own / base)
            rates.append(own)
        line(what, ratios, note=f"{statistics.median(rates):.0f} req/s")

    print("\nwith 1,000,000, one request at a time:")
    slow = {"first page by key": "", "middle page by key": f"&page={last // 2}", "middle page by last name": f"&sort=lastname&page={last // 2}",
            "page after the key 500,000, 499,980 more to count": "&q=empId%20%3E%20500000",
            "contains-search with hits": "&q=lastname%20like%20'%25kar%25'",
            "contains-search that finds nothing": "&q=lastname%20like%20'%25zzz%25'",
            "sorted by a column of another table": "&sort=department.name"}
    for what, path in slow.items():
        times = []
        for _ in range(ROUNDS):
            began = time.monotonic()
            large.get(page + path)
            times.append(1000 * (time.monotonic() - began))
        line(what, times, " ms")

    print("\nreads by key while one client scans the million rows without an index:")
    throughput, latency, before, during = [], [], [], []
    scan = "/services/hrdb/Employee/count?q=street%20like%20'%25zzzz%25'"
    for _ in range(ROUNDS):
        base = large.drive("/", 3, by_key[large])
        load = subprocess.Popen(large.command(scan, 4, 1), stdout=subprocess.DEVNULL)
        own = large.drive("/", 3, by_key[large])
        load.wait()
        throughput.append(own[0] / base[0])
        latency.append(own[1] / base[1])
        before.append(base[1])
        during.append(own[1])
    line("p99, against that without", latency, note=f"{statistics.median(before):.2f} ms, {statistics.median(during):.2f} ms")
    line("throughput kept", throughput)

    print("\nexport of the million rows as CSV, with department and manager:")
    peak, ratios, times = large.peak(), [], []
    for _ in range(ROUNDS):
        bare = scanned(large, EVERYTHING)
        began = time.monotonic()
        subprocess.run(CLIENT_CORE + ["curl", "-sS", "--fail", "-o", "/dev/null", "-H", f"wm_auth_token: {large.token}",
                                      f"{large.url}/services/hrdb/Employee/export/CSV"], check=True)
        times.append(time.monotonic() - began)
        ratios.append(times[-1] / bare)
    line("time, against a bare scan of the same columns", ratios, note=f"{statistics.median(times):.2f} s")
    print(f"peak of resident memory before and after: {peak:.0f} MB, {large.peak():.0f} MB")


def main():
    began = time.monotonic()
    print(f"load before: {os.getloadavg()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        servers = []
        try:
            for employees in SIZES:
                servers.append(Server(folder, employees))
                server = servers[-1]
                print(f"{employees:>9,} employees: made in {server.generated:.1f} s, {os.path.getsize(server.file) / 1e6:.1f} MB, "
                      f"serves {1000 * server.started:.0f} ms after it was started", flush=True)
            measure(folder, servers)
        finally:
            for server in servers:
                server.stop()
    print(f"load after: {os.getloadavg()[0]}; took {time.monotonic() - began:.0f} s")


main()
