#!/usr/bin/env python3
"""Writes link_handshake.txt, and with --corpus the seeds of its fuzzer: the handshake of liveness links a second
time, from docs/protocol.md alone, without a line of our C++.

Run it after a change of the protocol: ./make_link_handshake.py > link_handshake.txt. Needs python3-cryptography.
"""
import hashlib
import hmac
import pathlib
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY = bytes(range(32))
CLIENT = bytes.fromhex("a0a1a2a3a4a5a6a7a8a9aaab")
SERVER = bytes.fromhex("b0b1b2b3b4b5b6b7b8b9babb")
CLIENT_RANDOM = bytes(range(0x10, 0x20))
SERVER_RANDOM = bytes(range(0x20, 0x30))


def mac(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


LINK_KEY = HKDF(hashes.SHA256(), 32, salt=None, info=b"CP liveness link default").derive(KEY)
HELLO = b"CPL\x01" + CLIENT + CLIENT_RANDOM
SAID = SERVER + SERVER_RANDOM
ANSWER = SAID + mac(LINK_KEY, b"CP link server", HELLO, SAID)
PROOF = mac(LINK_KEY, b"CP link client", HELLO, SAID)

# The challenges of one identity whose secret is 32 times 5a: the first two.
RANDOM = [mac(b"\x5a" * 32, b"CP link random", n.to_bytes(8, "big"))[:16] for n in (1, 2)]

if sys.argv[1:] == ["--corpus"]:
    folder = pathlib.Path(__file__).resolve().parent.parent / "fuzz/corpus/link_handshake"
    folder.mkdir(parents=True, exist_ok=True)
    ECHO = SERVER + bytes(16)
    seeds = {
        "nothing": b"", "hello": HELLO, "hello_cut": HELLO[:-1], "hello_and_proof": HELLO + PROOF,
        "hello_and_half_a_proof": HELLO + PROOF[:16], "hello_of_nobody": b"CPL\x01" + bytes(12) + CLIENT_RANDOM,
        "hello_of_the_server_itself": b"CPL\x01" + ECHO, "another_version": b"CPL\x02" + HELLO[4:],
        "an_http_request": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "answer": ANSWER, "answer_cut": ANSWER[:-1], "answer_with_another_mac": SAID + bytes(32),
    }
    for name, contents in seeds.items():
        (folder / name).write_bytes(contents)
else:
    print("# Made by make_link_handshake.py; key 00..1f, cluster \"default\".\n[handshake]")
    for name, value in {"key": KEY, "link_key": LINK_KEY, "client": CLIENT, "server": SERVER,
                        "client_random": CLIENT_RANDOM, "server_random": SERVER_RANDOM, "hello": HELLO,
                        "answer": ANSWER, "proof": PROOF}.items():
        print(f"{name} = {value.hex()}")
    print("\n[challenges]\nsecret = " + "5a" * 32)
    for number, value in enumerate(RANDOM, 1):
        print(f"random_{number} = {value.hex()}")
