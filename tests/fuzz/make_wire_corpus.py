#!/usr/bin/env python3
"""Writes the seed corpora of the wire fuzzers from tests/vectors/frames.txt: ./make_wire_corpus.py

What fuzzing adds later lies in the same folders; files of other names are left alone.
"""
import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent
CONTROL, DATA, UNICAST = range(3)
RAW, SEALED, CHANGED, REPLAYED, PROOF, LATER = (bytes([i]) for i in range(6))


def read_vectors():
    records = {}
    for line in (HERE.parent / "vectors/frames.txt").read_text().splitlines():
        if line.startswith("["):
            fields = records.setdefault(line[1:-1], {})
        elif " =" in line and not line.startswith("#"):
            key, _, value = line.partition(" =")
            fields[key] = value.strip()
    return records


def write(corpus, name, contents):
    folder = HERE / "corpus" / corpus
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "".join(c if c.isalnum() else "_" for c in name)).write_bytes(contents)


def sealed(peer, lane, number, kind, body):
    return bytes([peer, lane, kind]) + struct.pack(">QH", number, len(body)) + body


def scripts(bodies):
    def say(peer, lane, number, name):
        kind, body = bodies[name]
        return SEALED + sealed(peer, lane, number, kind, body)

    def proven(peer):
        return say(peer, CONTROL, 1, "announce") + PROOF + bytes([peer])

    yield "introduced both ways", proven(0) + say(0, UNICAST, 2, "challenge")
    yield "a stranger asks", say(0, UNICAST, 1, "challenge") + PROOF + bytes([0])
    yield "asked over a group", say(0, CONTROL, 1, "challenge")
    yield "talk on each lane", (proven(0) + say(0, CONTROL, 2, "heartbeat") + say(0, DATA, 1, "data") +
                                say(0, UNICAST, 2, "report"))
    yield "numbers out of order", proven(1) + b"".join(
        say(1, CONTROL, n, "probe") for n in (20_000, 3, 3_617, 3_616, 19_999, 20_000))
    yield "an old recording", say(2, CONTROL, 5, "leave") + REPLAYED + b"\0" + LATER + b"\x07\xd0" + REPLAYED + b"\0"
    yield "a proof that echoes nothing", say(0, UNICAST, 1, "proof")
    yield "a proof over a group", proven(0) + say(0, CONTROL, 2, "proof")
    yield "left", proven(0) + say(0, CONTROL, 2, "leave") + LATER + b"\x20\0" + proven(1)
    yield "damaged", proven(0) + CHANGED + sealed(0, CONTROL, 2, *bodies["heartbeat"]) + struct.pack(">HB", 30, 1)
    yield "unknown type", proven(0) + SEALED + sealed(0, CONTROL, 2, 200, b"")


def main():
    bodies = {}
    for name, record in read_vectors().items():
        if "object" in record:
            write("object", name, bytes([name.startswith("result")]) + bytes.fromhex(record["object"]))
        elif "datagram" in record:
            datagram = bytes.fromhex(record["datagram"])
            write("frame", name, datagram)
            write("sealed_datagram", name, RAW + struct.pack(">H", len(datagram)) + datagram)
        elif "body" in record:
            kind, body = int(record["type"]), bytes.fromhex(record["body"])
            write("message", name, bytes([kind]) + body)
            if record["expected"] == "ok":
                bodies[name] = kind, body
                write("message", name + " cut", bytes([kind]) + body[:len(body) // 2])
                write("message", name + " and a byte", bytes([kind]) + body + b"\0")
    for name, script in scripts(bodies):
        write("sealed_datagram", name, script)


main()
