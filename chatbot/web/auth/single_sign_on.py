"""Logs readers in with an OpenID Connect provider, by the authorization code flow with PKCE: a browser is sent there
with a state and a nonce of its own, and what it brings back is exchanged for a signed token that says who it is."""

import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from chatbot.errors import SignOnError
from chatbot.settings import Settings
from index.groups import usable_groups
from index.message import Message

DISCOVERY = "/.well-known/openid-configuration"
CALLBACK = "/login/callback"
# Signed with the provider's private key: what is signed with the client's secret, or not at all, is refused.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
REACH_SECONDS = 10
# How long somebody may take to log in at the provider, and how many at once.
LOGIN_SECONDS = 600
MOST_LOGINS = 1000
# By so much its clock may differ from this one.
CLOCK_SECONDS = 60
METADATA_SECONDS = 3600
MOST_NAME_CHARACTERS = 200
STALE = Message("This login was not begun here, or took too long. Log in again.")
UNREACHABLE = Message("The login service does not answer. Try again in a few minutes.")
NOT_BELIEVED = Message("The login service's answer cannot be used; the server's log says why.")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Identity:
    """Who has logged in, by the provider's word."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class _Login:
    """A login under way: what has to come back, and where its reader wanted to go."""

    nonce: str
    verifier: str
    next: str
    ends: float


class SingleSignOn:
    """The provider that the settings name. Its addresses and keys are fetched when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = (settings.oidc_issuer or "").rstrip("/")
        self._client_id = settings.oidc_client_id or ""
        self._secret = settings.oidc_client_secret
        self._scopes = settings.oidc_scopes
        self._name_claim, self._groups_claim = settings.oidc_name_claim, settings.oidc_groups_claim
        self._callback = f"{settings.address.rstrip('/')}{CALLBACK}"
        self._lock = Lock()
        self._logins: OrderedDict[str, _Login] = OrderedDict()
        self._metadata: tuple[float, dict[str, Any]] = (0.0, {})

    def begin(self, next: str) -> tuple[str, str]:
        """Where a browser goes to log in, and the state that it has to bring back. Raises SignOnError."""
        login = _Login(
            secrets.token_urlsafe(32), secrets.token_urlsafe(48), next, time.monotonic() + LOGIN_SECONDS
        )
        state = secrets.token_urlsafe(32)
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, code_verifier=login.verifier, nonce=login.nonce
            )
        with self._lock:
            self._logins[state] = login
            while len(self._logins) > MOST_LOGINS:
                self._logins.popitem(last=False)
        return str(url), state

    def finish(self, state: str, code: str) -> tuple[Identity, str]:
        """Who has logged in, and where to go then. A state counts once. Raises SignOnError."""
        with self._lock:
            login = self._logins.pop(state, None)
        if login is None or login.ends <= time.monotonic() or not code:
            raise SignOnError(STALE)
        try:
            return self._identity(code, login), login.next
        except (HTTPError, OSError) as exc:
            log.error("The OpenID Connect provider %s cannot be reached: %s", self._issuer, exc)
            raise SignOnError(UNREACHABLE) from exc
        except (OAuthError, JoseError, ValueError, KeyError, TypeError, AttributeError) as exc:
            log.error("A login by the OpenID Connect provider %s is refused: %s: %s", self._issuer,
                      type(exc).__name__, exc)
            raise SignOnError(NOT_BELIEVED) from exc

    def logout_url(self) -> str:
        """Where a reader logs out of the provider, too; empty where it has no such page, or does not answer."""
        try:
            return str(self._known().get("end_session_endpoint") or "")
        except SignOnError:
            return ""

    def _identity(self, code: str, login: _Login) -> Identity:
        with self._client() as client:
            token = client.fetch_token(
                self._endpoint("token_endpoint"), grant_type="authorization_code", code=code,
                code_verifier=login.verifier,
            )
            claims = dict(self._claims(token, login.nonce))
            if {self._name_claim, self._groups_claim} - claims.keys() and self._known().get("userinfo_endpoint"):
                answered = client.get(self._endpoint("userinfo_endpoint")).raise_for_status().json()
                if answered["sub"] != claims["sub"]:
                    raise ValueError("userinfo is about somebody else")
                claims = answered | claims
        return Identity(self._name(claims), _groups(claims.get(self._groups_claim)))

    def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """What the signed token says, once signature, issuer, audience, times and nonce are right."""
        try:
            signed = jwt.decode(str(token["id_token"]), self._keys(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            # The provider has a new key.
            self._metadata = (0.0, {})
            signed = jwt.decode(str(token["id_token"]), self._keys(), algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": self._known()["issuer"]},
            "aud": {"essential": True, "value": self._client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        known = {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(signed.claims, signed.header, options, known)
        claims.validate(leeway=CLOCK_SECONDS)
        return signed.claims

    def _name(self, claims: Mapping[str, Any]) -> str:
        name = claims.get(self._name_claim)
        if self._name_claim == "email" and claims.get("email_verified") is False:
            raise ValueError("the email address is not verified")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= MOST_NAME_CHARACTERS or not name.isprintable():
            raise ValueError(f"the claim '{self._name_claim}' holds no name")
        return name.strip()

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._known()["jwks"])

    def _endpoint(self, name: str) -> str:
        address = self._known().get(name)
        if not isinstance(address, str):
            log.error("The OpenID Connect provider %s names no %s", self._issuer, name)
            raise SignOnError(NOT_BELIEVED)
        return address

    def _known(self) -> dict[str, Any]:
        """What the provider says of itself, and its keys, of the last hour."""
        with self._lock:
            fetched, known = self._metadata
        if known and fetched > time.monotonic() - METADATA_SECONDS:
            return known
        try:
            with self._client() as client:
                fresh = _get(client, self._issuer + DISCOVERY)
                if str(fresh["issuer"]).rstrip("/") != self._issuer:
                    raise ValueError(f"it calls itself {fresh['issuer']}")
                fresh["jwks"] = _get(client, fresh["jwks_uri"])
        except (HTTPError, OSError, ValueError, KeyError, TypeError) as exc:
            log.error("The OpenID Connect provider %s cannot be used: %s: %s", self._issuer, type(exc).__name__, exc)
            raise SignOnError(UNREACHABLE) from exc
        with self._lock:
            self._metadata = (time.monotonic(), fresh)
        return dict(fresh)

    def _client(self) -> OAuth2Client:
        secret = self._secret.get_secret_value() if self._secret else None
        return OAuth2Client(
            client_id=self._client_id, client_secret=secret, scope=self._scopes, redirect_uri=self._callback,
            code_challenge_method="S256", timeout=REACH_SECONDS,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
        )


def _get(client: OAuth2Client, address: str) -> Any:  # noqa: ANN401
    """The JSON at an address that everybody may read."""
    return client.request("GET", address, withhold_token=True).raise_for_status().json()


def _groups(claim: object) -> tuple[str, ...]:
    """The groups in a claim: a list of names, or a text with commas between them."""
    names = claim.split(",") if isinstance(claim, str) else claim
    return usable_groups(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
