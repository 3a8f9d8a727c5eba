from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from chatbot.errors import SettingsError
from chatbot.settings import Settings
from chatbot.web.auth.accounts import Accounts, Role
from chatbot.web.auth.authorization import COOKIE, HERE_ALONE, Access, Visitor, check, may_edit, notices
from tests.web.test_forwarded_headers import request

PASSWORD = "correct horse"
PROXY = {"readers": "proxy", "proxy_header": "X-Forwarded-User", "proxy_addresses": ("10.0.0.5",)}
HERE = request("127.0.0.1")
ELSEWHERE = request("9.9.9.9")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    return tmp_path


def access(data: Path, **settings: object) -> Access:
    return Access(Settings(data=data, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "alone"),
    [({}, True), ({"host": "::1"}, True), ({"public_url": "http://localhost:8000/chat"}, True)]
    + [({"host": "0.0.0.0"}, False), ({"public_url": "https://intranet.example/chat"}, False)],
)
def test_serving_beyond_this_machine_wants_a_choice(data: Path, address: dict[str, str], alone: bool) -> None:
    for chosen in ("open", "accounts"):
        check(Settings(readers=chosen, **address))  # type: ignore[arg-type]
    if alone:
        check(Settings(**address))  # type: ignore[arg-type]
        return
    with pytest.raises(SettingsError, match="CHATBOT_READERS=open for anyone, accounts for .*CHATBOT_PROXY_HEADER"):
        check(Settings(**address))  # type: ignore[arg-type]
    assert access(data, **address).who(HERE) is None


def test_whoever_is_on_this_machine_may_edit(tmp_path: Path) -> None:
    local = access(tmp_path)
    assert may_edit(local.who(HERE)) and local.editing_off() == ""
    assert may_edit(local.who(request("127.0.0.1", ("X-Forwarded-For", "127.0.0.1, ::1"))))


@pytest.mark.parametrize(
    "header",
    [("X-Forwarded-For", "127.0.0.1, 9.9.9.9"), ("X-Real-IP", "9.9.9.9"), ("Forwarded", "for=127.0.0.1")]
    + [("X-Forwarded-For", ""), ("X-Forwarded-For", "unknown"), ("Via", "1.1 squid"), ("X-Forwarded-Host", "localhost")]
    + [("CF-Connecting-IP", "127.0.0.1"), ("CF-Ray", "1"), ("True-Client-IP", "::1"), ("X-Forwarded-Proto", "https")]
    + [("X-Client-IP", "9.9.9.9"), ("Fastly-Client-IP", "9.9.9.9"), ("X-Cluster-Client-Ip", "9.9.9.9")]
    + [("X-Original-URL", "/"), ("CDN-Loop", "cloudflare"), ("X-Amzn-Trace-Id", "Root=1")]
    + [("X-Azure-ClientIP", "9.9.9.9")]
    + [("Fly-Client-IP", "9.9.9.9"), ("X-Envoy-External-Address", "9.9.9.9"), ("Tailscale-User-Login", "ada")]
    + [("X-ProxyUser-Ip", "9.9.9.9"), ("Remote-Addr", "9.9.9.9"), ("X-Forwarded", "for=9.9.9.9")]
    + [("Forwarded-For", "9.9.9.9"), ("X-Appengine-User-IP", "9.9.9.9"), ("X-Varnish", "1")]
    + [("X-Remote-User", "ada"), ("X-Forwarded-User", "ada"), ("X-Forwarded-Port", "443"), ("X-Forwarded-Server", "a")],
)
def test_whom_a_proxy_brings_is_not_on_this_machine(tmp_path: Path, header: tuple[str, str]) -> None:
    assert access(tmp_path).who(request("127.0.0.1", header)) is None
    assert access(tmp_path).who(request("127.0.0.1", header, ("X-Forwarded-For", "127.0.0.1"))) is None
    assert access(tmp_path).refusal() == (403, HERE_ALONE)


def test_the_headers_of_a_browser_are_not_those_of_a_proxy(tmp_path: Path) -> None:
    sent = (
        "Host Connection Accept Accept-Language Accept-Encoding User-Agent Referer Origin Cookie Cache-Control DNT "
        "Pragma Upgrade-Insecure-Requests Sec-Fetch-Site Sec-Ch-Ua Sec-GPC TE If-None-Match Priority Content-Type "
        "Range Content-Length X-Requested-With Last-Event-ID X-Gradio-User"
    ).split()
    assert may_edit(access(tmp_path).who(request("127.0.0.1", *[(name, "x") for name in sent])))


def test_open_to_anyone_is_not_open_to_edit(data: Path) -> None:
    anyone = access(data, readers="open")
    for visitor in (anyone.who(HERE), anyone.who(ELSEWHERE)):
        assert visitor == Visitor("", Role.READER) and not may_edit(visitor)


@pytest.mark.parametrize("readers", ["open", "accounts", None])
def test_an_editors_token_and_session_count_everywhere(data: Path, readers: str | None) -> None:
    rules = access(data, readers=readers)
    token = rules.accounts.make_token("ada")
    assert rules.who(request("9.9.9.9", ("Authorization", f"Bearer {token}"))) == Visitor("ada", Role.EDITOR)
    assert rules.who(request("9.9.9.9", ("Authorization", f"Bearer {token}x"))) is None
    if readers:
        id = rules.sessions.begin(rules.accounts.users()[0])
        assert rules.who(request("9.9.9.9", ("Cookie", f"{COOKIE}={id}"))) == Visitor("ada", Role.EDITOR)


def named(name: str, *, by: str = "10.0.0.5") -> HTTPConnection:
    return request(by, ("X-Forwarded-User", name))


def test_a_listed_proxy_names_reader_and_editor(data: Path) -> None:
    rules = access(data, **PROXY, editors=("zoe",))
    assert rules.who(named("bob")) == Visitor("bob", Role.READER)
    assert rules.who(named("zoe")) == Visitor("zoe", Role.EDITOR)
    assert rules.who(named("ada")) == Visitor("ada", Role.READER)
    assert rules.who(named("zoe", by="9.9.9.9")) is None and rules.who(request("10.0.0.5")) is None
    assert rules.refusal()[0] == 401


def test_a_reader_reads_what_his_groups_may_and_an_editor_everything(data: Path) -> None:
    rules = access(data, **PROXY, proxy_groups_header="X-Groups", editors=("zoe",))
    bob, zoe = (
        rules.who(request("10.0.0.5", ("X-Forwarded-User", name), ("X-Groups", "board"))) for name in ("bob", "zoe")
    )
    assert bob is not None and bob.reads == frozenset({"board"}) and zoe is not None and zoe.reads is None
    anyone = access(data, readers="open").who(ELSEWHERE)
    assert anyone is not None and anyone.reads == frozenset()
    here = access(data).who(HERE)
    assert here is not None and here.reads is None


def test_a_session_counts_for_nothing_where_a_proxy_names(data: Path) -> None:
    rules = access(data, **PROXY)
    id = rules.sessions.begin(rules.accounts.users()[0])
    assert rules.who(request("10.0.0.5", ("Cookie", f"{COOKIE}={id}"))) is None


def test_names_of_editors_count_only_from_a_proxy(data: Path) -> None:
    rules = access(data, **PROXY | {"readers": "open"}, editors=("bob",))
    assert not may_edit(rules.who(named("bob")))


@pytest.mark.parametrize("readers", ["open", "accounts", "proxy"])
def test_editing_is_off_where_nobody_may(tmp_path: Path, readers: str) -> None:
    rules = access(tmp_path, **{**PROXY, "readers": readers})
    assert rules.editing_off().startswith("Editing is off, as there is no editor. ")
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    assert rules.editing_off() == ""


def test_who_starts_the_server_is_told(tmp_path: Path) -> None:
    def answers(readers: str | None) -> list[str]:
        return notices(Settings(data=tmp_path, readers=readers))  # type: ignore[arg-type]

    assert answers(None) == [] and len(answers("open")) == 1
    assert answers("accounts")[0] == "Nobody can log in yet: python app.py users add NAME"
    assert len(answers("accounts")) == 2
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    assert answers("accounts") == []
    (tmp_path / "accounts.json").write_text("{")
    assert "cannot be read" in answers("accounts")[0]


TLS = request("10.0.0.5", ("X-Forwarded-Proto", "https"))
PORTALS = {"embed_origins": ("https://portal.example",)}
BY_PROXY = {"readers": "accounts", "proxy_addresses": ("10.0.0.5",)}


@pytest.mark.parametrize(
    ("settings", "sent", "marks"),
    [
        ({}, HERE, "Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"),
        (PORTALS, HERE, "Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"),
        (BY_PROXY, TLS, "Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure"),
        ({}, TLS, "Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"),
        (BY_PROXY | PORTALS, TLS, "Path=/; Max-Age=43200; HttpOnly; SameSite=None; Secure; Partitioned"),
        ({"public_url": "https://x.example/chat/"}, HERE, "Path=/chat; Max-Age=43200; HttpOnly; SameSite=Lax; Secure"),
    ],
)
def test_a_cookie_is_marked_for_where_it_goes(
    data: Path, settings: dict[str, object], sent: HTTPConnection, marks: str
) -> None:
    assert access(data, **settings).cookie(sent, "id") == f"{COOKIE}=id; {marks}"
    assert access(data, **settings).cookie(sent, "") == f"{COOKIE}=; {marks}".replace("43200", "0")
