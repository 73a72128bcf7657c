#!/usr/bin/env python3
"""A token server and Google Cloud Storage's XML interface, as far as CloudP2P uses them, on 127.0.0.1.

Usage: google_server.py PORT PUBLIC_KEY_PEM ACCOUNT_EMAIL HMAC_ID HMAC_SECRET

Stricter than the real one where that finds mistakes: the signed statement is verified with the openssl command, a
token is said to live for 4 seconds, conditions are only those of Google, and an x-amz- header is refused. One bucket,
"pictures". GET /stats tells how many tokens were given, and how often one that had expired was used.
"""
import base64
import datetime
import email.utils
import hashlib
import hmac
import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

PORT, PUBLIC_KEY, ACCOUNT, HMAC_ID, HMAC_SECRET = int(sys.argv[1]), *sys.argv[2:6]
ADDRESS = f"http://127.0.0.1:{PORT}"
SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
TOKEN_LIFE = 4
LATE = 2  # seconds: a busy machine may hold a request up that was made in time
BUCKET = "pictures"

lock = threading.Lock()
objects = {}  # key -> (bytes, generation, time)
tokens = {}  # text -> end
stats = {"tokens": 0, "expired": 0, "refused": 0}
generation = int(time.time() * 1e6)


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def statement_problem(statement):
    """Why a JSON Web Token is refused, or None (RFC 7523)."""
    head, claims, signature = statement.split(".")
    with tempfile.NamedTemporaryFile() as file:
        file.write(unbase64(signature))
        file.flush()
        verified = subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", PUBLIC_KEY, "-signature", file.name],
            input=f"{head}.{claims}".encode(), capture_output=True, check=False)
    if verified.returncode != 0:
        return "signature"
    if json.loads(unbase64(head))["alg"] != "RS256":
        return "alg"
    said = json.loads(unbase64(claims))
    if said["iss"] != ACCOUNT or said["aud"] != f"{ADDRESS}/token" or said["scope"] != SCOPE:
        return "claims"
    if not said["iat"] - 5 <= time.time() <= said["exp"] <= said["iat"] + 3600:
        return "time"
    return None


def signature_problem(request, path, query, body):
    """Why a GOOG4-HMAC-SHA256 signature is refused, or None (cloud.google.com/storage/docs/authentication)."""
    match = re.fullmatch(r"GOOG4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/auto/storage/goog4_request), ?"
                         r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})", request.headers["Authorization"])
    if not match or match[1] != HMAC_ID:
        return "InvalidAccessKeyId"
    digest = hashlib.sha256(body).hexdigest()
    if request.headers["x-goog-content-sha256"] != digest:
        return "XAmzContentSHA256Mismatch"
    names = match[3].split(";")
    for name in request.headers:
        if name.lower().startswith("x-goog-") and name.lower() not in names:
            return "AccessDenied"
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    canonical = "\n".join([request.command, path, query, headers, match[3], digest])
    text = "\n".join(["GOOG4-HMAC-SHA256", request.headers["x-goog-date"], match[2],
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("GOOG4" + HMAC_SECRET).encode()
    for part in match[2].split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    right = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return None if hmac.compare_digest(right, match[4]) else "SignatureDoesNotMatch"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fail(self, status, code):
        self.answer(status, f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code>"
                            f"<Message>{code}</Message></Error>".encode(), Content_Type="application/xml")

    def give_token(self, body):
        form = urllib.parse.parse_qs(body.decode())
        problem = "grant"
        if form.get("grant_type") == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            problem = statement_problem(form["assertion"][0])
        if problem:
            return self.answer(400, json.dumps({"error": "invalid_grant", "error_description": problem}).encode())
        stats["tokens"] += 1
        text = f"ya29.{stats['tokens']}-{generation}"
        tokens[text] = time.time() + TOKEN_LIFE + LATE
        return self.answer(200, json.dumps(
            {"access_token": text, "expires_in": TOKEN_LIFE, "token_type": "Bearer"}).encode())

    def allowed(self, path, query, body):
        given = self.headers.get("Authorization", "")
        if any(name.lower().startswith("x-amz-") for name in self.headers):
            self.fail(400, "ExcessHeaderValues")
        elif given.startswith("Bearer ") and tokens.get(given[7:], 0) > time.time():
            return True
        elif given.startswith("Bearer "):
            stats["expired"] += given[7:] in tokens
            self.fail(401, "AuthenticationRequired")
        elif not given:
            self.fail(401, "AuthenticationRequired")
        elif problem := signature_problem(self, path, query, body):
            self.fail(403, problem)
        else:
            return True
        stats["refused"] += 1
        return False

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        with lock:
            if path == "/token":
                return self.give_token(body)
            if path == "/stats":
                return self.answer(200, json.dumps(stats).encode())
            if not self.allowed(path, query, body):
                return None
            bucket, _, key = urllib.parse.unquote(path[1:]).partition("/")
            if bucket != BUCKET:
                return self.fail(404, "NoSuchBucket")
            if not key:
                return self.list(dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
            return getattr(self, "object_" + self.command.lower())(key, body)

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = handle_request

    def object_put(self, key, body):
        global generation
        wanted = self.headers.get("x-goog-if-generation-match")
        there = objects[key][1] if key in objects else 0
        if wanted is not None and wanted != str(there):
            return self.fail(412, "PreconditionFailed")
        generation += 1
        objects[key] = (body, generation, time.time())
        return self.answer(200, x_goog_generation=str(generation))

    def object_get(self, key, _):
        if key not in objects:
            return self.fail(404, "NoSuchKey")
        body, number, when = objects[key]
        described = {"x_goog_generation": str(number), "ETag": f'"{hashlib.md5(body).hexdigest()}"',
                     "Last_Modified": email.utils.formatdate(when, usegmt=True)}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not wanted:
            return self.answer(200, body, Content_Length=str(len(body)), **described)
        if int(wanted[1]) >= len(body):
            return self.fail(416, "InvalidRange")
        return self.answer(206, body[int(wanted[1]):int(wanted[2] or len(body)) + 1], **described)

    object_head = object_get

    def object_delete(self, key, _):
        if objects.pop(key, None) is None:
            return self.fail(404, "NoSuchKey")
        return self.answer(204)

    def list(self, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("continuation-token", query.get("start-after", ""))
        rows, last, truncated, folders = [], after, False, set()
        for key in sorted(objects, key=lambda text: text.encode()):
            if not key.startswith(prefix) or key.encode() <= after.encode():
                continue
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            folder = key[:end + 1] if end >= 0 else None
            if folder in folders or folder is not None and folder == after:
                continue
            if len(rows) == int(query.get("max-keys", "1000")):
                truncated = True
                break
            last = key
            if folder is not None:
                folders.add(folder)
                last = folder + "\U0010ffff"
                rows.append(f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>")
                continue
            body, number, when = objects[key]
            date = datetime.datetime.fromtimestamp(when, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            rows.append(f"<Contents><Key>{escape(key)}</Key><Generation>{number}</Generation><LastModified>{date}"
                        f'</LastModified><ETag>"{hashlib.md5(body).hexdigest()}"</ETag><Size>{len(body)}</Size></Contents>')
        token = f"<NextContinuationToken>{escape(last)}</NextContinuationToken>" if truncated else ""
        self.answer(200, ("<?xml version='1.0' encoding='UTF-8'?><ListBucketResult "
                          "xmlns='http://doc.s3.amazonaws.com/2006-03-01'>"
                          f"<Name>{BUCKET}</Name><IsTruncated>{str(truncated).lower()}</IsTruncated>{token}"
                          + "".join(rows) + "</ListBucketResult>").encode(), Content_Type="application/xml")

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
