"""Which web addresses may be fetched from: their form first, then the IP address that is really connected to.

Only public addresses are, and the ranges that the operator allows. A form that programs read differently is refused,
not guessed at.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from index.characters import printable
from index.errors import FetchError
from index.message import Message

LONGEST_URL_CHARACTERS = 2000
# A path's and a query's own marks, and "%", which is not escaped twice.
SAFE = "/?:@!$&'()*+,;=%-._~[]"
PORTS = {"http": 80, "https": 443}

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

CLOUD = Message("a cloud's metadata address")
LOOPBACK = Message("a loopback address")
PRIVATE = Message("a private address")
LINK_LOCAL = Message("a link-local address")
CARRIER = Message("a carrier's private address")
OWN = Message("this machine's own address")
MULTICAST = Message("a multicast address")
RESERVED = Message("a reserved address")
EMBEDDED = Message("an IPv4 address in IPv6 form")
_CLOSED_IPV4 = [
    (ip_network(network), name)
    for network, name in (
        ("169.254.169.254/32", CLOUD),
        ("100.100.100.200/32", CLOUD),
        ("192.0.0.192/32", CLOUD),
        ("168.63.129.16/32", CLOUD),
        ("127.0.0.0/8", LOOPBACK),
        ("10.0.0.0/8", PRIVATE),
        ("172.16.0.0/12", PRIVATE),
        ("192.168.0.0/16", PRIVATE),
        ("169.254.0.0/16", LINK_LOCAL),
        ("100.64.0.0/10", CARRIER),
        ("0.0.0.0/8", OWN),
        ("224.0.0.0/4", MULTICAST),
        ("192.0.0.0/24", RESERVED),
        ("192.0.2.0/24", RESERVED),
        ("192.88.99.0/24", RESERVED),
        ("198.18.0.0/15", RESERVED),
        ("198.51.100.0/24", RESERVED),
        ("203.0.113.0/24", RESERVED),
        ("240.0.0.0/4", RESERVED),
    )
]
_CLOSED_IPV6 = [
    (ip_network(network), name)
    for network, name in (
        ("fd00:ec2::254/128", CLOUD),
        ("::1/128", LOOPBACK),
        ("::/128", OWN),
        ("fe80::/10", LINK_LOCAL),
        ("fc00::/7", PRIVATE),
        ("ff00::/8", MULTICAST),
        ("::ffff:0:0/96", EMBEDDED),
        ("::/96", EMBEDDED),
        ("64:ff9b::/96", EMBEDDED),
        ("64:ff9b:1::/48", EMBEDDED),
        ("2002::/16", EMBEDDED),
        ("2001::/32", EMBEDDED),
        ("2001::/23", RESERVED),
        ("2001:db8::/32", RESERVED),
        ("3fff::/20", RESERVED),
    )
]
_PUBLIC_IPV6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


@dataclass(frozen=True)
class WebAddress:
    """A URL in the one form that all read alike: `host` is a name in ASCII or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    @property
    def url(self) -> str:
        """The whole URL, without a fragment."""
        return self.origin + self.path


def read_address(url: str) -> WebAddress:
    """The parts of `url`. Raises FetchError, which says what is wrong with it."""
    if len(url) > LONGEST_URL_CHARACTERS:
        too_long = Message("the address is longer than %(count)s characters.", count=str(LONGEST_URL_CHARACTERS))
        raise FetchError(too_long, name=f"{printable(url[:80])}...")
    try:
        url.encode()
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise FetchError(Message("this is no web address (%(error)s).", error=str(exc)), name=printable(url)) from exc
    # urlsplit drops line breaks and tabs unsaid, and others read a backslash as a slash.
    if re.search(r"[\s\\\x00-\x20\x7f-\xa0]", url):
        raise FetchError(Message(
            "an address with spaces, control characters or backslashes is not fetched."
        ), name=repr(url))
    if parts.scheme not in PORTS:
        raise FetchError(Message("only http and https addresses are fetched."), name=url)
    if "@" in parts.netloc:
        raise FetchError(Message(
            "an address with a user's name in it is not fetched. Leave out what stands before @."
        ), name=url)
    if port == 0 or parts.netloc.endswith(":"):
        raise FetchError(Message("the port is not one from 1 to 65535."), name=url)
    host = _host(url, parts.hostname or "", bracketed="[" in parts.netloc)
    path = quote(urlunsplit(("", "", parts.path or "/", parts.query, "")), safe=SAFE)
    return WebAddress(parts.scheme, host, port or PORTS[parts.scheme], path)


def read_ranges(text: str) -> tuple[Network, ...]:
    """The ranges of IP addresses in `text`, such as "10.0.0.0/8, fd12::/16". Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def closed(address: str, allowed: tuple[Network, ...] = ()) -> Message | None:
    """What kind of address, one that may not be connected to, this IP address is; None where it may be."""
    ip = ip_address(address)
    if any(ip.version == network.version and ip in network for network in allowed):
        if ip in _NAT64:
            # The translator goes on to the address inside: to allow the form is not to allow that one.
            return closed(str(IPv4Address(int(ip) & 0xFFFFFFFF)), allowed)
        return None
    ranges = _CLOSED_IPV4 if ip.version == 4 else _CLOSED_IPV6
    name = next((name for network, name in ranges if ip in network), None)
    if name is None and (not ip.is_global or (ip.version == 6 and ip not in _PUBLIC_IPV6)):
        return RESERVED
    return name


def _host(url: str, host: str, *, bracketed: bool) -> str:
    if bracketed:
        return _ipv6(url, host)
    if not host.isascii():
        host = _international(url, host)
    if host.endswith("."):
        raise FetchError(Message("a host that ends in a dot is not fetched from. Leave out the dot."), name=url)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _ipv4(url, host)
    if not _NAME.fullmatch(host):
        raise FetchError(Message("'%(host)s' is no name of a host.", host=host), name=url)
    return host


def _ipv4(url: str, host: str) -> str:
    try:
        return str(IPv4Address(host))
    except ValueError as exc:
        # 127.1, 0177.0.0.1, 0x7f000001 and 2130706433 are all 127.0.0.1 to some programs.
        raise FetchError(Message(
            "'%(host)s' is a number that programs read differently. Write it as 192.0.2.1.", host=host
        ), name=url) from exc


def _ipv6(url: str, host: str) -> str:
    try:
        address = IPv6Address(host)
    except ValueError as exc:
        raise FetchError(Message("'[%(host)s]' is no IPv6 address.", host=host), name=url) from exc
    if address.scope_id is not None:
        raise FetchError(Message("an IPv6 address with a zone is not fetched from."), name=url)
    return str(address)


def _international(url: str, host: str) -> str:
    """The host in ASCII. A letter that only looks like an ASCII one, as in ⓔxample.com, names another host than it
    shows, and is refused."""
    try:
        encoded = idna.encode(host, uts46=True, std3_rules=True).decode()
    except idna.IDNAError as exc:
        raise FetchError(Message("'%(host)s' is no name of a host.", host=host), name=url) from exc
    labels = host.split("."), encoded.split(".")
    if len(labels[0]) != len(labels[1]) or any(
        label.isascii() != (not code.startswith("xn--") or label.startswith("xn--"))
        for label, code in zip(*labels, strict=True)
    ):
        raise FetchError(Message(
            "'%(host)s' is a disguised '%(other)s'. Write that, if it is meant.", host=host, other=encoded
        ), name=url)
    return encoded
