#!/usr/bin/env python3
"""Writes stego.txt: pictures with something hidden, made a second time from docs/formats.md alone, without a line of
our C++. It spends no thought on costs: in each block of the trellis code it changes the first bit that helps, which a
reader cannot tell from the best choice.

Run it after a change of the format: ./make_stego.py > stego.txt. Needs python3-cryptography.
"""
import hashlib
import hmac
import pathlib
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

HEADER_SAMPLES = 4096
SEGMENT_MAX = 1 << 18
SEED = bytes(range(32))


def columns(height):
    """The sets of docs/formats.md, by width."""
    text = (pathlib.Path(__file__).parents[2] / "docs/formats.md").read_text()
    sets = {}
    for line in re.search(rf"Height {height}:\n\n```\n(.*?)```", text, re.S)[1].splitlines():
        width, values = line.split(":")
        sets[int(width)] = [int(v) for v in values.split()]
    return sets


COLUMNS = {height: columns(height) for height in (8, 10)}


def hkdf(ikm, salt, info, size):
    return HKDF(hashes.SHA256(), size, salt=salt, info=info.encode()).derive(ikm)


def ctr(key, block, data):
    return Cipher(algorithms.AES(key), modes.CTR(block)).encryptor().update(data)


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def draws(location, stream, bounds):
    """One number below each bound, from a keystream."""
    keystream = ctr(location[:16], stream.to_bytes(8, "big") + bytes(8), bytes(4 * len(bounds)))
    for i, bound in enumerate(bounds):
        yield int.from_bytes(keystream[4 * i : 4 * i + 4], "big") * bound >> 32


def segments(location, samples):
    """For each segment its samples in the order of use."""
    count = -(-samples // SEGMENT_MAX)
    rounds = -(-samples // count)
    offsets = list(draws(location, 0, [count] * rounds))
    for s in range(count):
        dealt = [j * count + (s + offsets[j]) % count for j in range(rounds)]
        dealt = [sample for sample in dealt if sample < samples]
        bounds = list(range(len(dealt), 1, -1))
        for bound, j in zip(bounds, draws(location, 1 + s, bounds)):
            dealt[bound - 1], dealt[j] = dealt[j], dealt[bound - 1]
        yield dealt


def embed(height, bits, message):
    """Changes `bits` until they say the message."""
    n, m, state = len(bits), len(message), 0
    for i in range(m):
        block = range(i * n // m, (i + 1) * n // m)
        width = len(block)
        table = COLUMNS[height][min(max(width, 2), 20)]
        for j in block:
            if bits[j]:
                state ^= table[(j - block.start) % len(table)]
        if state & 1 != message[i]:
            bits[block.start] ^= 1
            state ^= table[0]
        state >>= 1


def to_bits(data):
    return [byte >> k & 1 for byte in data for k in range(7, -1, -1)]


def container_keys(profile, secret, salt):
    if profile == 1:
        h = hashlib.sha256(secret).digest()
        return h[:16], hkdf(h, salt, "CPE1 username mac", 32)
    if profile == 2:
        derived = Scrypt(salt, 48, 1 << 15, 8, 1).derive(secret)
    else:
        derived = hkdf(secret, salt, "CPE1 key file", 48)
    return derived[:16], derived[16:]


def master_key(profile, secret, user):
    if profile == 1:
        return hashlib.sha256(secret).digest()
    if profile == 2:
        return Scrypt(hashlib.sha256(b"CP stego v1" + user).digest()[:16], 32, 1 << 15, 8, 1).derive(secret)
    return secret


def hide(samples, profile, secret, user, height, kind, name, data):
    """Which samples change, and the keys and the header on the way there."""
    master = master_key(profile, secret, user)
    location = hkdf(master, None, "CP stego v1 location", 32)
    header_key = hkdf(master, None, "CP stego v1 header", 48)
    salt = hkdf(SEED, None, "CPE1 salt", 16)
    start = hkdf(SEED, None, "CPE1 counter", 12)
    packed = bytes([len(name)]) + name + data

    header = salt + ctr(header_key[:16], salt, bytes([1, kind, height, profile]) + len(packed).to_bytes(4, "big"))
    header += mac(header_key[16:], header)[:8]

    enc, mac_key = container_keys(profile, secret, salt)
    scrypt = profile == 2
    cpe1 = b"CPE1" + bytes([1, profile, 15 * scrypt, 8 * scrypt]) + int(scrypt).to_bytes(4, "big") + bytes(4)
    cpe1 += salt + start + bytes(4) + len(packed).to_bytes(8, "big")
    cpe1 += mac(mac_key, cpe1)[:8]
    cpe1 += ctr(enc, start + bytes(4), packed)
    cpe1 += mac(mac_key, cpe1)
    body = to_bits(cpe1[32:44] + cpe1[64:])

    changed = []
    before = 0
    total = len(samples) - HEADER_SAMPLES
    for s, order in enumerate(segments(location, len(samples))):
        if s == 0:
            head, order = order[:HEADER_SAMPLES], order[HEADER_SAMPLES:]
            bits = [samples[i] & 1 for i in head]
            embed(8, bits, to_bits(header))
            changed += [i for i, bit in zip(head, bits) if bit != samples[i] & 1]
        bits = [samples[i] & 1 for i in order]
        embed(height, bits, body[len(body) * before // total : len(body) * (before + len(order)) // total])
        changed += [i for i, bit in zip(order, bits) if bit != samples[i] & 1]
        before += len(order)
    return location, header_key, header, sorted(changed)


def record(title, width, height_px, colours, **how):
    samples = [(i * 37 + i // 7) % 251 for i in range(width * height_px * colours)]
    location, header_key, header, changed = hide(samples, **how)
    print(f"\n[{title}]")
    print(f"width = {width}\nheight = {height_px}\ncolours = {colours}")
    print(f"profile = {how['profile']}\nkind = {how['kind']}\ntrellis = {how['height']}")
    print(f"location key = {location.hex()}\nheader key = {header_key.hex()}\nsealed header = {header.hex()}")
    print(f"name = {how['name'].hex()}\ndata = {how['data'].hex()}")
    print(f"changed = {' '.join(map(str, changed))}")


print("# Pictures with something hidden, for user alice, from seed 00 01 … 1f. Made by make_stego.py.")
print("# Colour sample i of a cover is (37 i + i / 7) mod 251; in the stego picture the lowest bit of the samples")
print("# `changed` is flipped. Secrets: the name alice; the passphrase 'correct horse'; the key file 00 01 … 1f.")
ALICE = {"profile": 1, "secret": b"alice", "user": b"alice"}
record("name, text", 41, 41, 3, **ALICE, height=8, kind=1, name=b"", data=b"hello")
record("name, nothing", 80, 80, 1, **ALICE, height=10, kind=1, name=b"", data=b"")
record("name, two segments", 301, 299, 3, **ALICE, height=8, kind=2, name=b"a.bin", data=bytes(range(256)))
record("passphrase, image", 60, 50, 3, profile=2, secret=b"correct horse", user=b"alice", height=10, kind=3,
       name="ü.png".encode(), data=b"\x89PNG")
record("key file, file", 60, 50, 3, profile=4, secret=bytes(range(32)), user=b"alice", height=8, kind=2,
       name=b"x", data=b"\x00\xff" * 20)
