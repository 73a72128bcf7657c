#!/usr/bin/env python3
"""Uploads and questions to several nodes at once, each connection kept; says when something failed, and what was accepted.

usage: load.py SECONDS CONNECTIONS IMAGE ACCEPTED HOST:PORT...

Every second request is an upload for the user alice. A connection that breaks is made anew, to the next node. Names of
accepted images go to the file ACCEPTED, one a line. Prints one line of JSON: requests, failures, the time from the first
failure to the last one's end (ms), the longest time without an answer of one connection (ms).
"""
import http.client
import json
import sys
import threading
import time

BOUNDARY = "cloudp2p-load"


class Worker(threading.Thread):
    def __init__(self, number, addresses, form, end):
        super().__init__()
        self.number, self.addresses, self.form, self.end = number, addresses, form, end
        self.accepted, self.failures, self.requests, self.gap = [], [], 0, 0.0
        self.links = {}

    def link(self, address):
        if address not in self.links:
            self.links[address] = http.client.HTTPConnection(address, timeout=10)
        return self.links[address]

    def drop(self, address):
        link = self.links.pop(address, None)
        if link is not None:
            link.close()

    def ask(self, address, upload, hops=0):
        """The status and the body; a redirect is followed, once or twice."""
        link = self.link(address)
        try:
            if upload:
                kind = {"Content-Type": "multipart/form-data; boundary=" + BOUNDARY}
                link.request("POST", "/upload_image/alice", self.form, kind)
            else:
                link.request("GET", "/discover")
            answer = link.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.drop(address)
            raise
        if answer.status == 307 and hops < 2:
            place = answer.headers["Location"].split("/")[2]
            return self.ask(place, upload, hops + 1)
        return answer.status, body

    def run(self):
        at = self.number
        answered = time.monotonic()
        while time.monotonic() < self.end:
            upload = self.requests % 2 == 0
            self.requests += 1
            begun = time.monotonic()
            try:
                status, body = self.ask(self.addresses[at % len(self.addresses)], upload)
            except (OSError, http.client.HTTPException):
                status, body = 0, b""
            now = time.monotonic()
            if status == 200:
                if upload:
                    self.accepted.append(json.loads(body)["filename"])
                self.gap = max(self.gap, now - answered)
                answered = now
            else:
                self.failures.append((begun, now, status))
                at += 1
                time.sleep(0.002)  # a program that asks again at once would only measure itself


def main():
    seconds, connections, image, accepted = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    with open(image, "rb") as file:
        content = file.read()
    form = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="i.png"\r\n\r\n'.encode()
        + content
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    end = time.monotonic() + seconds
    workers = [Worker(number, sys.argv[5:], form, end) for number in range(connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    failures = [failure for worker in workers for failure in worker.failures]
    with open(accepted, "w", encoding="ascii") as file:
        file.writelines(name + "\n" for worker in workers for name in worker.accepted)
    window = max((f[1] for f in failures), default=0) - min((f[0] for f in failures), default=0)
    print(
        json.dumps(
            {
                "requests": sum(worker.requests for worker in workers),
                "failures": len(failures),
                "window_ms": round(window * 1000, 1),
                "gap_ms": round(max(worker.gap for worker in workers) * 1000, 1),
                "statuses": sorted({failure[2] for failure in failures}),
            }
        )
    )


main()
