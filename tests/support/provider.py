"""A small OpenID Connect provider on loopback, which lets everybody in at once. What it checks of a client, it checks
as the specification says."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

Claims = dict[str, Any]
# Answers a request, with what was sent, by a status, a JSON object, and where to go then, or "".
Route = Callable[[BaseHTTPRequestHandler, dict[str, str]], tuple[int, Claims, str]]


@dataclass
class Provider:
    """`claims` is who logs in. `spoil` may change what is about to be signed, and `sign` signs it; `userinfo` is what
    stands there. `refuses` lets nobody in."""

    client_id: str = "articles"
    secret: str = "a secret of the client"
    claims: Claims = field(default_factory=lambda: {"sub": "1", "email": "ada@news.example", "groups": ["Board"]})
    userinfo: Claims = field(default_factory=dict)
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    refuses: bool = False
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    sign: "Callable[[Provider, Claims], str] | None" = None
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> "Provider":
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, dict(_first(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                provider.answer(self, dict(_first(body)))

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/realm"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler, sent: dict[str, str]) -> None:
        """Answers a request with what was sent in its query or its body."""
        path = urlsplit(request.path).path.removeprefix("/realm")
        self.asked.append(path)
        routes: dict[str, Route] = {
            "/.well-known/openid-configuration": self._metadata, "/jwks": self._jwks, "/authorize": self._authorize,
            "/token": self._token, "/userinfo": self._tell_userinfo,
        }
        status, content, location = routes[path](request, sent)
        request.send_response(status)
        if location:
            request.send_header("Location", location)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        request.wfile.write(json.dumps(content).encode())

    def _metadata(self, *_: object) -> tuple[int, Claims, str]:
        ends = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in (
            ("authorization", "authorize"), ("token", "token"), ("userinfo", "userinfo"), ("end_session", "logout"),
        )}
        return 200, {"issuer": self.url, "jwks_uri": f"{self.url}/jwks", **ends}, ""

    def _jwks(self, *_: object) -> tuple[int, Claims, str]:
        return 200, dict(KeySet([self.key]).as_dict(private=False)), ""

    def _authorize(self, _: object, sent: dict[str, str]) -> tuple[int, Claims, str]:
        assert sent["client_id"] == self.client_id and sent["response_type"] == "code"
        assert "openid" in sent["scope"].split() and sent["code_challenge_method"] == "S256" and sent["nonce"]
        if self.refuses:
            return 302, {}, f"{sent['redirect_uri']}?{urlencode({'state': sent['state'], 'error': 'access_denied'})}"
        code = secrets.token_urlsafe(8)
        self.codes[code] = sent
        return 302, {}, f"{sent['redirect_uri']}?{urlencode({'state': sent['state'], 'code': code})}"

    def _token(self, request: BaseHTTPRequestHandler, sent: dict[str, str]) -> tuple[int, Claims, str]:
        asked = self.codes.pop(sent.get("code", ""), None)
        known = base64.b64encode(f"{self.client_id}:{self.secret}".replace(" ", "%20").encode()).decode()
        plain = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != sent["redirect_uri"]:
            return 400, {"error": "invalid_grant"}, ""
        if request.headers["authorization"] not in (f"Basic {known}", f"Basic {plain}"):
            return 401, {"error": "invalid_client"}, ""
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        whole = self.spoil({**claims, **self.claims})
        signed = self.sign(self, whole) if self.sign else signed_by(self.key, whole)
        return 200, {"access_token": "an access token", "token_type": "Bearer", "id_token": signed}, ""

    def _tell_userinfo(self, request: BaseHTTPRequestHandler, _: object) -> tuple[int, Claims, str]:
        assert request.headers["authorization"] == "Bearer an access token"
        return 200, self.userinfo, ""


def signed_by(key: RSAKey, claims: Claims, *, kid: str | None = None) -> str:
    """A token of these claims."""
    return jwt.encode({"alg": "RS256", "kid": kid or key.kid}, claims, key)


def _first(query: str) -> list[tuple[str, str]]:
    return [(name, values[0]) for name, values in parse_qs(query).items()]
