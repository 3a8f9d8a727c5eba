import pytest
from starlette.requests import HTTPConnection

from chatbot.web.auth.forwarded_headers import Proxies

PROXIES = Proxies(["10.0.0.5", "10.1.0.0/16", "fd00::/8"], "X-Forwarded-User")


def request(peer: str | None, *headers: tuple[str, str], scheme: str = "http") -> HTTPConnection:
    """A request as it arrives from the address `peer`."""
    raw = [(name.lower().encode(), value.encode("utf-8")) for name, value in headers]
    return HTTPConnection(
        {"type": "http", "scheme": scheme, "client": (peer, 1) if peer else None, "headers": raw}
    )


@pytest.mark.parametrize("peer", ["10.0.0.5", "10.1.9.9", "::ffff:10.0.0.5", "fd00::1", "fd00::1%eth0"])
def test_a_listed_proxy_is_believed(peer: str) -> None:
    headers = [("X-Forwarded-User", "Zo\u00e9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "9.9.9.9")]
    sent = request(peer, *headers)
    assert (PROXIES.identity(sent), PROXIES.secure(sent), PROXIES.address(sent)) == ("Zo\u00e9", True, "9.9.9.9")


@pytest.mark.parametrize("peer", ["10.0.0.6", "10.2.0.1", "127.0.0.1", "::1", "testclient", None])
def test_nobody_else_is(peer: str | None) -> None:
    sent = request(peer, ("X-Forwarded-User", "ada"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "10.0.0.5"))
    assert PROXIES.identity(sent) is None and not PROXIES.secure(sent)
    assert PROXIES.address(sent) not in ("10.0.0.5", "ada")


@pytest.mark.parametrize(
    "names", [[], [""], ["  "], ["ada", "eve"], ["ada,eve"], ["a" * 201], ["a\x07"], ["a\u202eb"]]
)
def test_what_is_not_one_name_names_nobody(names: list[str]) -> None:
    assert PROXIES.identity(request("10.0.0.5", *[("X-Forwarded-User", name) for name in names])) is None


def test_groups_are_believed_of_a_listed_proxy_alone_and_only_where_they_come_once() -> None:
    known = Proxies(["10.0.0.5"], "X-User", "X-Groups")
    sent = ("X-Groups", "Board, staff ,,Vorst\u00e4nde")
    assert known.groups(request("10.0.0.5", sent)) == ("board", "staff", "vorst\u00e4nde")
    assert known.groups(request("9.9.9.9", sent)) == known.groups(request("10.0.0.5", sent, sent)) == ()
    assert known.groups(request("10.0.0.5")) == Proxies(["10.0.0.5"], "X-User").groups(request("10.0.0.5", sent)) == ()


def test_without_a_header_to_believe_nobody_is_named() -> None:
    assert Proxies(["10.0.0.5"]).identity(request("10.0.0.5", ("X-Forwarded-User", "ada"))) is None


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("9.9.9.9", "9.9.9.9"),
        ("1.1.1.1, 9.9.9.9", "9.9.9.9"),
        ("1.1.1.1, 9.9.9.9, 10.1.2.3", "9.9.9.9"),
        ("10.1.2.3", "10.0.0.5"),
        ("", "10.0.0.5"),
        ("1.1.1.1, unknown", "10.0.0.5"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_an_address_is_the_last_one_that_no_proxy_has(forwarded: str, address: str) -> None:
    assert PROXIES.address(request("10.0.0.5", ("X-Forwarded-For", forwarded))) == address


def test_tls_is_known_of_the_connection_too() -> None:
    assert PROXIES.secure(request("9.9.9.9", scheme="https"))
    assert not PROXIES.secure(request("10.0.0.5", ("X-Forwarded-Proto", "https, http"), scheme="http"))
