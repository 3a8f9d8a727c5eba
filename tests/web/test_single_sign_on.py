"""Logging in with an OpenID Connect provider: a real one on loopback, by HTTP and in a browser."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from chatbot.answering.audience import Audience
from chatbot.errors import SettingsError, SignOnError
from chatbot.settings import Settings, read_settings
from chatbot.web.auth.single_sign_on import NOT_BELIEVED, STALE, UNREACHABLE, SingleSignOn
from chatbot.web.server import application
from tests.conftest import free_port
from tests.support.audiences import SameAudience
from tests.support.canned import CannedChain
from tests.support.canned_collection import CannedCollection, CannedUploads
from tests.support.provider import Provider, signed_by
from tests.support.serving import serving

SECRET = "a secret of the client"
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "other"})


@dataclass(frozen=True)
class AskedOf:
    """Audiences that note for which groups they were asked."""

    groups: list[frozenset[str] | None]

    def of(self, groups: frozenset[str] | None) -> Audience[CannedCollection]:
        self.groups.append(groups)
        return SameAudience(Audience(CannedChain(), CannedCollection())).of(groups)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(secret=SECRET) as opened:
        yield opened


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Provider, list[frozenset[str] | None]]]:
    """The page's address, its provider, and for which groups something was asked of its articles."""
    groups: list[frozenset[str] | None] = []
    with Provider(secret=SECRET) as opened:
        settings = Settings(
            data=tmp_path_factory.mktemp("oidc"), port=free_port(), readers="oidc", oidc_issuer=opened.url,
            oidc_client_id="articles", oidc_client_secret=SecretStr(SECRET), editors=("zoe@news.example",),
        )
        app = application(settings, AskedOf(groups), CannedUploads())
        with serving(app, settings.port):
            yield settings.address, opened, groups


@pytest.fixture
def site(served: tuple[str, Provider, list[frozenset[str] | None]]) -> Iterator[tuple[httpx.Client, Provider]]:
    url, opened, groups = served
    groups.clear()
    fresh = Provider(secret=SECRET)
    for name in ("claims", "userinfo", "spoil", "refuses", "sign"):
        setattr(opened, name, getattr(fresh, name))
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as client:
        yield client, opened


def test_who_logs_in_reads_as_their_groups_may_and_goes_where_they_wanted(
    site: tuple[httpx.Client, Provider], served: tuple[str, Provider, list[frozenset[str] | None]]
) -> None:
    client, _ = site
    shown = client.get("/search?words=Hama")
    assert shown.url.path == "/login" and "Log in with your organisation" in shown.text
    assert 'name="password"' not in shown.text
    page = client.get("/login/start", params={"next": "/search?words=Hama"})
    assert (page.status_code, page.url.path, page.url.query) == (200, "/search", b"words=Hama")
    assert served[2][-1] == frozenset({"board"})
    assert "ada@news.example" in client.get("/login").text
    assert "articles_session" in client.cookies and "articles_login" not in client.cookies


def test_an_editor_is_one_whom_the_settings_name(site: tuple[httpx.Client, Provider]) -> None:
    client, provider = site
    client.get("/login/start")
    assert client.get("/feedback").status_code == 403
    client.cookies.clear()
    provider.claims = {**provider.claims, "email": "zoe@news.example"}
    client.get("/login/start")
    assert client.get("/feedback").status_code == 200


def test_groups_and_name_may_stand_in_the_userinfo(
    site: tuple[httpx.Client, Provider], served: tuple[str, Provider, list[frozenset[str] | None]]
) -> None:
    client, provider = site
    provider.claims = {"sub": "7"}
    provider.userinfo = {"sub": "7", "email": "eve@news.example", "groups": "staff, Kitchen"}
    client.get("/login/start", params={"next": "/search?words=Hama"})
    assert served[2][-1] == frozenset({"staff", "kitchen"})
    client.cookies.clear()
    provider.userinfo = {**provider.userinfo, "sub": "8"}
    assert NOT_BELIEVED in client.get("/login/start").text.replace("&#39;", "'")


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def changed(**values: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {**claims, **values}


def unsigned(_: Provider, claims: dict[str, Any]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in
             ({"alg": "none"}, claims)]
    return ".".join([*parts, ""])


def by_secret(provider: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256", "kid": provider.key.kid}, claims, OctKey.import_key(SECRET))


@pytest.mark.parametrize(
    "spoil",
    [changed(nonce="another"), without("nonce"), changed(aud="somebody else"), changed(iss="https://evil.example")]
    + [changed(exp=int(time.time()) - 3600), without("exp"), without("sub"), changed(azp="somebody else")]
    + [changed(email=""), changed(email=7), changed(email_verified=False), without("email"), changed(email="a\nb")],
)
def test_a_token_that_is_not_for_this_login_lets_nobody_in(
    site: tuple[httpx.Client, Provider], spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    client, provider = site
    provider.spoil, provider.userinfo = spoil, {"sub": "1"}
    refused = client.get("/login/start")
    assert refused.status_code == 401 and NOT_BELIEVED in refused.text.replace("&#39;", "'")
    assert "articles_session" not in client.cookies


@pytest.mark.parametrize(
    "sign",
    [unsigned, by_secret, lambda _, claims: signed_by(OTHER_KEY, claims), lambda _, claims: "no token",
     lambda provider, claims: signed_by(OTHER_KEY, claims, kid=provider.key.kid)],
)
def test_a_token_that_the_provider_has_not_signed_lets_nobody_in(
    site: tuple[httpx.Client, Provider], sign: Callable[[Provider, dict[str, Any]], str]
) -> None:
    client, provider = site
    provider.sign = sign
    refused = client.get("/login/start")
    assert refused.status_code == 401 and NOT_BELIEVED in refused.text.replace("&#39;", "'")
    assert "articles_session" not in client.cookies


def test_a_new_key_of_the_provider_is_fetched(site: tuple[httpx.Client, Provider]) -> None:
    client, provider = site
    provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    assert client.get("/login/start", params={"next": "/login"}).status_code == 200
    assert "ada@news.example" in client.get("/login").text


def begun(client: httpx.Client) -> tuple[str, dict[str, str]]:
    """Where the provider sends a browser back, and what it sends with it."""
    start = client.get("/login/start", follow_redirects=False)
    back = httpx.get(start.headers["location"]).headers["location"]
    return back, {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def test_a_login_counts_once_and_only_in_the_browser_that_began_it(site: tuple[httpx.Client, Provider]) -> None:
    client, _ = site
    back, _ = begun(client)
    with httpx.Client(base_url=client.base_url, follow_redirects=True) as other:
        assert STALE in other.get(back).text and "articles_session" not in other.cookies
        begun(other)
        assert STALE in other.get(back).text and "articles_session" not in other.cookies
    assert client.get(back).status_code == 200 and "articles_session" in client.cookies
    client.cookies.delete("articles_session")
    assert STALE in client.get(back).text and "articles_session" not in client.cookies


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?code=y", "?state=%ff", "?error=access_denied&state=x"])
def test_a_way_back_that_nobody_began_lets_nobody_in(site: tuple[httpx.Client, Provider], query: str) -> None:
    client, _ = site
    refused = client.get(f"/login/callback{query}")
    assert refused.status_code == 401 and STALE in refused.text and "articles_session" not in client.cookies


def test_a_code_of_another_login_is_of_no_use(site: tuple[httpx.Client, Provider]) -> None:
    client, _ = site
    with httpx.Client(base_url=client.base_url) as victim:
        _, stolen = begun(victim)
    _, own = begun(client)
    refused = client.get("/login/callback", params={"state": own["state"], "code": stolen["code"]})
    assert refused.status_code == 401 and NOT_BELIEVED in refused.text.replace("&#39;", "'")


def test_whom_the_provider_refuses_is_told(site: tuple[httpx.Client, Provider]) -> None:
    client, provider = site
    provider.refuses = True
    refused = client.get("/login/start")
    assert refused.status_code == 401 and "did not let you in" in refused.text


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_login_leads_nowhere_else(site: tuple[httpx.Client, Provider], next: str) -> None:
    client, _ = site
    assert client.get("/login/start", params={"next": next}).url.path == "/"


def test_a_password_is_not_asked_for_and_a_token_still_counts(site: tuple[httpx.Client, Provider]) -> None:
    client, _ = site
    assert client.post("/login", data={"name": "ada", "password": "x"}).status_code == 404
    assert client.get("/api/board", follow_redirects=False).status_code == 401


def test_logging_out_ends_the_session_and_shows_the_way_out_of_the_provider(
    site: tuple[httpx.Client, Provider]
) -> None:
    client, provider = site
    client.get("/login/start", params={"next": "/login"})
    session = client.cookies["articles_session"]
    left = client.post("/logout", headers={"Origin": str(client.base_url).rstrip("/")})
    assert left.status_code == 200 and "You are logged out" in left.text and f"{provider.url}/logout" in left.text
    assert "articles_session" not in client.cookies
    assert client.get("/api/board", headers={"Cookie": f"articles_session={session}"}).status_code == 401


def test_a_provider_that_does_not_answer_is_said(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, readers="oidc", oidc_issuer=f"http://127.0.0.1:{free_port()}", oidc_client_id="articles"
    )
    sign_on = SingleSignOn(settings)
    assert sign_on.logout_url() == ""
    with pytest.raises(SignOnError, match=UNREACHABLE):
        sign_on.begin("/")


def test_a_provider_that_calls_itself_otherwise_is_not_used(provider: Provider, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, readers="oidc", oidc_issuer=provider.url, oidc_client_id="articles")
    url, state = SingleSignOn(settings).begin("/")
    assert url.startswith(f"{provider.url}/authorize?") and len(state) > 30
    provider.url = "https://evil.example"
    with pytest.raises(SignOnError, match=UNREACHABLE):
        SingleSignOn(settings).begin("/")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"READERS": "oidc"}, "It needs CHATBOT_OIDC_ISSUER and CHATBOT_OIDC_CLIENT_ID"),
        ({"OIDC_ISSUER": "http://login.example"}, "Expected the issuer's address over https"),
        ({"OIDC_SCOPES": "email"}, "Expected openid"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(values: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings({f"CHATBOT_{name}": value for name, value in values.items()})


def test_the_secret_is_in_no_text_of_the_settings() -> None:
    assert SECRET not in repr(read_settings({"CHATBOT_OIDC_CLIENT_SECRET": SECRET}))


def test_in_a_browser_one_press_logs_in(
    site: tuple[httpx.Client, Provider], browser: Browser, served: tuple[str, Provider, list[frozenset[str] | None]]
) -> None:
    page = browser.new_context().new_page()
    page.goto(served[0])
    site[1].refuses = True
    page.get_by_role("link", name="Log in with your organisation").click()
    expect(page.get_by_role("alert")).to_contain_text("did not let you in")
    # Below /login, too, the page finds its style.
    expect(page.locator("main")).to_have_css("border-radius", "12px")
    site[1].refuses = False
    page.get_by_role("link", name="Log in with your organisation").click()
    expect(page.locator("#question textarea")).to_be_visible()
    expect(page.get_by_text("ada@news.example")).to_be_attached()
    page.goto(f"{served[0]}/login")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="You are logged out")).to_be_visible()
    page.context.close()
