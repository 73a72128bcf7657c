#!/usr/bin/env python3
"""Writes frames.txt: the wire format a second time, from docs/protocol.md alone, without a line of our C++.

Run it after a change of the protocol: ./make_frames.py > frames.txt. Needs python3-cryptography.
"""
import hashlib
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CONTROL, DATA, UNICAST = range(3)
KEY = bytes(range(32))
CLUSTER = b"default"
SENDER = bytes.fromhex("a0a1a2a3a4a5a6a7a8a9aaab")
RECEIVER = bytes.fromhex("b0b1b2b3b4b5b6b7b8b9babb")
NUMBER = 0x0102030405060708


def u8(v): return struct.pack(">B", v)
def u16(v): return struct.pack(">H", v)
def u24(v): return struct.pack(">I", v)[1:]
def u32(v): return struct.pack(">I", v)
def u64(v): return struct.pack(">Q", v)
def text(t): return u16(len(t.encode())) + t.encode()
def many(parts): return u16(len(parts)) + b"".join(parts)


EPOCH = u64(7) + u32(3) + u64(0x1122334455667788)
TASK = u64(0x7f3c2a5b6d8e9f01) + u32(12)
UPLOAD, RESULT = TASK + u8(1), TASK + u8(2)
TRANSFER = u32(0x01020304)
DIGEST = bytes(range(0x40, 0x60))
SEGMENT = b"these bytes are a segment"


def introduction(role=1):
    return u8(role) + u32(3) + u64(0x1122334455667788) + u64(61_000) + text("1.2.3") + text("127.0.0.1:3000") + u16(40_123)


def member(node, state):
    return u32(node) + bytes([node] * 12) + u8(state)


def ledger_entry(number, stage, accepted, worker=0):
    return u64(0x7f3c2a5b6d8e9f01) + u32(number) + u8(stage) + u8(accepted) + u32(worker) + DIGEST


def heartbeat(flags=3):
    return u32(3) + EPOCH + u8(flags) + u16(420) + u16(5) + u16(2)


def report(state=1, gaps=2):
    bitmap = bytes(range(0xe0, 0xf0))
    named = b"".join(u24(0x010203 + i) + bitmap for i in range(gaps))
    return TRANSFER + u8(state) + u64(NUMBER) + u32(184) + u24(0x0a0b0c) + u8(gaps) + named


MESSAGES = {
    "announce": (1, introduction()),
    "discover": (2, introduction(role=2)),
    "challenge": (3, bytes(range(0x10, 0x20))),
    "proof": (4, bytes(range(0x10, 0x20)) + u64(99) + u64(100_000) + introduction()),
    "heartbeat": (5, heartbeat()),
    "members": (6, EPOCH + u32(3) + u16(3) + many([member(1, 1), member(2, 2), member(3, 3)])),
    "leave": (7, u32(3)),
    "probe": (8, u64(0xfeedfacecafebeef)),
    "probe_ack": (9, u64(0xfeedfacecafebeef)),
    "heard_from": (10, u32(2) + bytes([2] * 12)),
    "heard": (11, u32(2) + bytes([2] * 12) + u32(17) + bytes([1])),
    "presence": (12, many([text("alice") + text("10.40.6.26:9000") + u32(17),
                           text("bob") + text("[::1]:9001") + u32(29_000)])),
    "load_parts": (13, u32(3) + u8(42) + u8(61)),
    "election": (20, u32(2) + EPOCH),
    "answer": (21, u32(2) + EPOCH),
    "coordinator": (22, EPOCH + u16(2)),
    "hand_over": (23, EPOCH + u32(2)),
    "grant": (24, EPOCH + u64(NUMBER)),
    "setup": (40, TRANSFER + UPLOAD + u64(5_000_000) + u32(1420) + u64(5_000_096) + many([u32(1), u32(2), u32(3)])),
    "data": (41, TRANSFER + u24(0x0a0b0c) + u8(1) + SEGMENT),
    "parity": (42, TRANSFER + u24(0x0a0b0c) + u8(9 | 0x80) + SEGMENT),
    "poll": (43, TRANSFER + u32(3522)),
    "report": (44, report()),
    "fetch": (45, RESULT),
    "abandon": (46, TRANSFER + RESULT),
    "task_accepted": (60, TASK + EPOCH + u8(3)),
    "task_declined": (61, TASK + u32(2)),
    "task_done": (62, TASK + EPOCH + DIGEST),
    "task_failed": (63, TASK + EPOCH + u16(21) + text("not an image")),
    "task_ack": (64, TASK),
    "task_query": (65, TASK),
    "task_state": (66, TASK + EPOCH + u32(2) + u8(4)),
    "ledger_query": (67, EPOCH),
    "ledger_summary": (68, EPOCH + u32(2) + u32(2) + many([ledger_entry(12, 3, 1), ledger_entry(13, 5, 0, worker=1)])),
    "task_assign": (69, TASK + EPOCH + u32(1)),
    "task_progress": (70, TASK + EPOCH),
    "task_reject": (71, TASK + u32(2)),
}


def body(name): return MESSAGES[name][1]


REFUSED_BODIES = [
    ("type 0", 0, b"", "unknown_type"),
    ("type 255", 255, b"", "unknown_type"),
    ("announce with role 0", 1, introduction(role=0), "bad_field"),
    ("announce with role 3", 1, introduction(role=3), "bad_field"),
    ("announce whose text is longer than the body", 1, introduction()[:21] + u16(0xffff) + b"1.2.3", "truncated"),
    ("announce and one byte", 1, introduction() + b"\0", "trailing_bytes"),
    ("challenge without its last byte", 3, body("challenge")[:-1], "truncated"),
    ("heartbeat with an unknown flag", 5, heartbeat(flags=4), "bad_field"),
    ("heartbeat and one byte", 5, heartbeat() + b"\0", "trailing_bytes"),
    ("members with state 0", 6, EPOCH + u32(3) + u16(1) + many([member(1, 0)]), "bad_field"),
    ("members with state 4", 6, EPOCH + u32(3) + u16(1) + many([member(1, 4)]), "bad_field"),
    ("members that claims 65535 entries in 10 bytes", 6, EPOCH + u32(3) + u16(1) + u16(0xffff) + bytes(10), "truncated"),
    ("members that claims one more than is there", 6, EPOCH + u32(3) + u16(2) + u16(2) + member(1, 1) + bytes(16), "truncated"),
    ("load parts without memory", 13, u32(3) + u8(42), "truncated"),
    ("setup of an object of kind 0", 40, TRANSFER + TASK + u8(0) + body("setup")[17:], "bad_field"),
    ("setup that claims 65535 receivers", 40, body("setup")[:37] + u16(0xffff) + u32(1), "truncated"),
    ("data with an unknown flag", 41, TRANSFER + u24(1) + u8(2) + SEGMENT, "bad_field"),
    ("data without a whole header", 41, TRANSFER + u24(1), "truncated"),
    ("report with state 0", 44, report(state=0), "bad_field"),
    ("report with state 5", 44, report(state=5), "bad_field"),
    ("report of 65 gaps", 44, report(gaps=65), "bad_field"),
    ("report that claims one more gap than is there", 44, report()[:20] + u8(3) + report()[21:], "truncated"),
    ("fetch of an object of kind 4", 45, TASK + u8(4), "bad_field"),
    ("task state of stage 0", 66, TASK + EPOCH + u32(2) + u8(0), "bad_field"),
    ("task state of stage 9", 66, TASK + EPOCH + u32(2) + u8(9), "bad_field"),
    ("ledger summary with a truth value of 2", 68,
     EPOCH + u32(2) + u32(1) + many([ledger_entry(12, 3, 2)]), "bad_field"),
    ("control message over one Ethernet datagram", 63, TASK + EPOCH + u16(21) + text("x" * 1393), "too_large"),
]


def header(lane, kind, number, session=SENDER, version=1, magic=b"CP", cluster=CLUSTER):
    mark = hashlib.sha256(cluster).digest()[:4]
    return magic + u8(version << 4 | lane) + u8(kind) + mark + session + u64(number)


def sealed(head, plain, key=KEY, destination=None):
    lane, session, number = head[2] & 15, head[8:20], head[20:28]
    if destination is None:
        destination = RECEIVER if lane == UNICAST else bytes(12)
    cipher = AESGCM(HKDF(hashes.SHA256(), 32, session, CLUSTER).derive(key))
    return head + cipher.encrypt(u32(lane) + number, plain, head + destination)


def flipped(datagram, offset):
    return datagram[:offset] + bytes([datagram[offset] ^ 1]) + datagram[offset + 1:]


SEALED = {
    "sealed heartbeat": (CONTROL, *MESSAGES["heartbeat"]),
    "sealed data": (DATA, *MESSAGES["data"]),
    "sealed report": (UNICAST, *MESSAGES["report"]),
}
GOOD = sealed(header(CONTROL, 5, NUMBER), heartbeat())
REPORT = sealed(header(UNICAST, 44, NUMBER), report())
REFUSED_DATAGRAMS = [
    ("nothing", b"", "truncated"),
    ("one byte", GOOD[:1], "truncated"),
    ("a header without its last byte", GOOD[:27], "truncated"),
    ("a header alone", GOOD[:28], "truncated"),
    ("a tag without its last byte", GOOD[:43], "truncated"),
    ("another magic", b"XP" + GOOD[2:], "wrong_magic"),
    ("version 0", header(CONTROL, 5, 1, version=0) + bytes(16), "wrong_version"),
    ("version 2", header(CONTROL, 5, 1, version=2) + bytes(16), "wrong_version"),
    ("lane 3", header(3, 5, 1) + bytes(16), "bad_field"),
    ("lane 15", header(15, 5, 1) + bytes(16), "bad_field"),
    ("another cluster name", header(CONTROL, 5, 1, cluster=b"other") + bytes(16), "wrong_cluster"),
    ("our own session", sealed(header(CONTROL, 5, 1, session=RECEIVER), heartbeat()), "own_echo"),
    ("number 0", sealed(header(CONTROL, 5, 0), heartbeat()), "replayed"),
    ("another key", sealed(header(CONTROL, 5, 1), heartbeat(), key=bytes(32)), "not_authentic"),
    ("a changed type", flipped(GOOD, 3), "not_authentic"),
    ("a changed session", flipped(GOOD, 8), "not_authentic"),
    ("a changed number", flipped(GOOD, 27), "not_authentic"),
    ("a changed body", flipped(GOOD, 28), "not_authentic"),
    ("a changed tag", flipped(GOOD, len(GOOD) - 1), "not_authentic"),
    ("cut by one byte", GOOD[:-1], "not_authentic"),
    ("longer by one byte", GOOD + b"\0", "not_authentic"),
    ("control turned into data", GOOD[:2] + u8(1 << 4 | DATA) + GOOD[3:], "not_authentic"),
    ("unicast to somebody else", sealed(header(UNICAST, 44, 1), report(), destination=bytes([1] * 12)), "not_authentic"),
    ("unicast to the group", sealed(header(UNICAST, 44, 1), report(), destination=bytes(12)), "not_authentic"),
    ("a stranger's heartbeat", GOOD, "unproven"),
    ("a stranger's report", REPORT, "unproven"),
    ("a stranger's challenge to everybody", sealed(header(CONTROL, 3, 1), body("challenge")), "bad_field"),
    ("a stranger's proof of nothing asked", sealed(header(UNICAST, 4, 1), body("proof")), "unproven"),
    ("a stranger's unknown type", sealed(header(CONTROL, 200, 1), b""), "unknown_type"),
]

def upload_header(user="alice", command=1, name="photo.jpg"):
    return (TASK + SENDER + text(user) + u8(command) + text(name) + u64(1_730_738_456) + bytes(range(32)) +
            u8(2) + u8(15) + u8(8) + u32(1) + bytes(range(48)))


def an_object(head, contents, size=None):
    prefix = u32(len(head) if size is None else size) + head
    return prefix + contents + hashlib.sha256(prefix + hashlib.sha256(contents).digest()).digest()


def a_tagged_object(head, contents):
    prefix = u32(1 << 31 | len(head)) + head
    return prefix + contents + hashlib.sha256(prefix + contents[-32:]).digest()


OBJECTS = [
    ("upload", an_object(upload_header(), b"an image"), "ok"),
    ("upload of nothing", an_object(upload_header(), b""), "ok"),
    ("upload of no bytes", b"", "truncated"),
    ("upload without a whole size", bytes(3), "truncated"),
    ("upload cut in its header", an_object(upload_header(), b"")[:60], "truncated"),
    ("upload cut in its digest", an_object(upload_header(), b"")[:-1], "truncated"),
    ("upload with a header of 0 bytes", an_object(upload_header(), b"an image", size=0), "truncated"),
    ("upload with a header of one byte less", an_object(upload_header(), b"", size=len(upload_header()) - 1), "truncated"),
    ("upload with a header of one byte more", an_object(upload_header(), b"an image", size=len(upload_header()) + 1),
     "trailing_bytes"),
    ("upload with a header of 4097 bytes", an_object(upload_header(), b"an image", size=4097), "too_large"),
    ("upload with a header of 4 GiB", an_object(upload_header(), b"an image", size=0xffffffff), "too_large"),
    ("upload with command 0", an_object(upload_header(command=0), b"an image"), "bad_field"),
    ("upload with command 6", an_object(upload_header(command=6), b"an image"), "bad_field"),
    ("upload of nobody", an_object(upload_header(user=""), b"an image"), "bad_field"),
    ("upload of a user of 65 bytes", an_object(upload_header(user="u" * 65), b"an image"), "bad_field"),
    ("upload of a name of 256 bytes", an_object(upload_header(name="n" * 256), b"an image"), "bad_field"),
    ("result", an_object(TASK + text("3f2a1b4c5d6e7f8a.png"), b"an answer"), "ok"),
    ("result whose note is longer than its header", an_object(TASK + u16(9) + b"note", b"an answer"), "truncated"),
    ("result with a tag of its own", a_tagged_object(TASK + text(""), b"an answer" + bytes(range(32))), "ok"),
    ("result with a tag of its own, cut", a_tagged_object(TASK + text(""), bytes(range(31))), "truncated"),
    ("upload with a tag of its own", a_tagged_object(upload_header(), b"an image" + bytes(range(32))), "bad_field"),
    ("result with a byte after its note", an_object(TASK + text("note") + b"x", b"an answer"), "trailing_bytes"),
]


def record(name, **fields):
    print(f"\n[{name}]")
    for key, value in fields.items():
        print(f"{key} = {value.hex() if isinstance(value, bytes) else value}")


def main():
    print("# Known answers of the wire format (docs/protocol.md), made by make_frames.py.")
    print("# Values are hexadecimal, except type, lane and number (decimal), cluster (text) and expected: ok, or")
    print("# the name of the errc. A record with a body is a message without frame; with a datagram, what a node of")
    print("# session 'receiver' that knows nobody yet makes of it; 'ok' ones open once their sender is proven. One with")
    print("# an object is an upload or a result, as its name says.")
    record("identities", key=KEY, cluster=CLUSTER.decode(), sender=SENDER, receiver=RECEIVER)
    for name, (kind, plain) in MESSAGES.items():
        record(name, type=kind, body=plain, expected="ok")
    for name, kind, plain, expected in REFUSED_BODIES:
        record(name, type=kind, body=plain, expected=expected)
    for name, (lane, kind, plain) in SEALED.items():
        record(name, lane=lane, number=NUMBER, type=kind, body=plain,
               datagram=sealed(header(lane, kind, NUMBER), plain), expected="ok")
    for name, datagram, expected in REFUSED_DATAGRAMS:
        record(name, datagram=datagram, expected=expected)
    for name, contents, expected in OBJECTS:
        record(name, object=contents, expected=expected)



main()
