"""Tells where a request comes from. Its headers are believed only where a listed proxy sent it, which is known from the
connection itself; whether any proxy brought it is told by the headers that only proxies send."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection

from index.groups import usable_groups

MOST_NAME_CHARACTERS = 200
# A proxy on this machine that tells these alone, of this machine alone, may be the visitor's own.
TELLS_ADDRESSES = ("x-forwarded-for", "x-real-ip")
# Headers that proxies, CDNs, tunnels and load balancers add and browsers do not: those of RFC 7239 and RFC 9110, and by
# their prefixes those of nginx, HAProxy, Envoy, Cloudflare, Akamai, Fastly, CloudFront, AWS, Azure, App Engine, Fly,
# Vercel, Netlify, ngrok, Tailscale, and those in which they name the visitor.
_OF_A_PROXY = re.compile(
    r"\A(?:via|(x-)?forwarded(-.*)?|x-forward(er)?-.*|x-original-.*|x-real-.*|x-rewrite-.*|x-host|x-scheme|x-proxy.*|"
    r"(x-)?proxied-.*|proxy-(?!authorization$).*|x-nginx-.*|x-haproxy-.*|x-traefik-.*|x-caddy-.*|x-envoy-.*|"
    r"x-varnish.*|x-squid-.*|x-cache.*|surrogate-.*|max-forwards|cdn-.*|x-cdn.*|cf-.*|cloudfront-.*|x-amz.*|x-azure-.*|"
    r"x-arr-.*|x-ms-client-principal.*|x-appengine-.*|x-goog-.*|x-cloud-trace-.*|fly-.*|fastly-.*|x-fastly-.*|(x-)?akamai-.*|"
    r"x-sucuri.*|incap-.*|x-vercel-.*|x-nf-.*|do-connecting-ip|(x-)?ngrok-.*|tailscale-.*|x-tailscale-.*|"
    r".*(client|connecting|remote|cluster|user|source|peer|viewer)[-_]?(ip|ipv6|addr|address)|(x-)?remote-.*|"
    r"x-auth-request-.*|x-authentik-.*|x-authenticated-.*|x-ssl-.*|ssl-client-.*|x-client-.*|x-cluster-.*)"
)

Address = IPv4Address | IPv6Address


class Proxies:
    """The proxies at `addresses`, each an address or a network; `header` is where they name the reader, and
    `groups_header` where they list the reader's groups."""

    def __init__(
        self, addresses: Sequence[str], header: str | None = None, groups_header: str | None = None
    ) -> None:
        self._networks = [ip_network(address) for address in addresses]
        self._header = header
        self._groups_header = groups_header

    def identity(self, request: HTTPConnection) -> str | None:
        """The reader's name as a listed proxy tells it; None where another sent it, or where it is not one name."""
        names = request.headers.getlist(self._header) if self._header and self._sent(request) else []
        if len(names) != 1:
            return None
        name = unicodedata.normalize("NFC", _utf8(names[0]).strip())
        # A comma joins what several wrote into one header: the first of them may have been the reader.
        usable = 0 < len(name) <= MOST_NAME_CHARACTERS and name.isprintable() and "," not in name
        return name if usable else None

    def groups(self, request: HTTPConnection) -> tuple[str, ...]:
        """The reader's groups as a listed proxy tells them, with commas between them; none where another sent them, or
        where they come twice: one of the two may be the reader's own."""
        listed = request.headers.getlist(self._groups_header) if self._groups_header and self._sent(request) else []
        return usable_groups(_utf8(listed[0]).split(",")) if len(listed) == 1 else ()

    def secure(self, request: HTTPConnection) -> bool:
        """Whether the browser asked over TLS."""
        protocols = request.headers.get("x-forwarded-proto", "") if self._sent(request) else ""
        return (protocols.rpartition(",")[2].strip().lower() or request.scope["scheme"]) == "https"

    def address(self, request: HTTPConnection) -> str:
        """The address that asks: the last one that no listed proxy has. Of IPv6 it is the network of one subscriber."""
        came_by = [_peer(request)]
        if self._sent(request):
            hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
            came_by += [_address(hop.strip()) for hop in reversed(hops)]
        address = next((hop for hop in came_by if hop is None or not self._lists(hop)), None) or came_by[0]
        return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)

    def _sent(self, request: HTTPConnection) -> bool:
        peer = _peer(request)
        return peer is not None and self._lists(peer)

    def _lists(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def brought_by_proxy(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a proxy added any of these headers, other than one that tells of nobody but this machine.

    One that adds none at all cannot be told from a browser.
    """
    fields = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
    return any(_OF_A_PROXY.fullmatch(name) and not _of_this_machine(name, value) for name, value in fields)


def _of_this_machine(name: str, value: str) -> bool:
    addresses = [_address(hop.strip()) for hop in value.split(",")]
    return name in TELLS_ADDRESSES and all(address is not None and address.is_loopback for address in addresses)


def _peer(request: HTTPConnection) -> Address | None:
    return _address(request.client.host) if request.client else None


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _utf8(header: str) -> str:
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header
