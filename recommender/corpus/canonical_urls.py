"""Canonical URLs: which articles are one article, because they can be read at one address."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import numpy as np

from recommender._typing import Array

__all__ = ["canonical_url", "same_addresses"]

# Parameters that say where a reader came from, and not what is read.
_TRACKING = frozenset(
    (
        *("fbclid", "gclid", "dclid", "msclkid", "yclid", "twclid", "igshid"),  # advertisements
        *("mc_cid", "mc_eid", "wt_mc", "cmp", "cmpid", "ncid", "ocid", "ito", "xtor"),  # campaigns
        *("ref", "ref_src", "ref_url", "referrer", "source", "rss", "feed"),  # where a reader was
        *("smid", "smtyp", "share", "taid", "spm", "trk", "guccounter"),
        *("guce_referrer", "guce_referrer_sig", "amp", "outputtype"),
    )
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "at_", "ns_", "hsa_", "_hs", "stm_")
# Subdomains and parts of paths that name another form of the same page.
_SUBDOMAINS = ("www.", "amp.", "m.", "mobile.")
_AMP = "amp"
_INDEX_PAGES = frozenset(("index.html", "index.htm", "index.php", "default.aspx"))
# An address that more articles than this share, under titles that all differ, is a section's page.
MAX_TITLES = 3


def canonical_url(url: str | None) -> str | None:
    """The address of an article in one spelling.

    Scheme, "www.", the fragment, a slash at the end, parameters that track readers, and marks of
    mobile pages (AMP) are left out; the other parameters are sorted.

    Args:
        url: Where the article can be read, or None.

    Returns:
        The canonical address; None where there is none, or where it is a site's home page, which
        many articles may be read at.

    Example:
        >>> canonical_url("https://www.news.example/ferry/?utm_source=rss#top")
        'news.example/ferry'
        >>> canonical_url("http://amp.news.example/ferry/amp?id=7&page=2")
        'news.example/ferry?id=7&page=2'
        >>> canonical_url("https://news.example/") is None
        True
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    for subdomain in _SUBDOMAINS:
        if host.startswith(subdomain) and host.count(".") > 1:
            host = host.removeprefix(subdomain)
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    path = [part for part in unquote(parts.path).split("/") if part]
    if path and path[-1].casefold() in _INDEX_PAGES:
        path.pop()
    if path and path[0].casefold() == _AMP:
        path.pop(0)
    if path and path[-1].casefold() == _AMP:
        path.pop()
    if path:
        path[-1] = path[-1].removesuffix(".amp").replace(".amp.html", ".html")
    query = sorted((k, v) for k, v in parse_qsl(parts.query) if not _tracks(k))
    # Where a script shows the page, its name is in the fragment.
    page = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    if not path and not query and not page:
        return None
    return "/".join([host, *path]) + (f"?{urlencode(query)}" if query else "") + page


def _tracks(parameter: str) -> bool:
    name = parameter.casefold()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def same_addresses(urls: Sequence[str | None], titles: Sequence[str]) -> Array:
    """Number articles so that those of one address have one number.

    Args:
        urls: (articles,) where each article can be read, or None.
        titles: (articles,) their titles. An address that more than `MAX_TITLES` articles share,
            no two of them under one title, is a section's page and no article's address.

    Returns:
        (articles,) int64: for each article the first row of its address; its own row where it has
        no address.

    Example:
        >>> urls = ["https://a.example/x", "https://a.example/y", "http://www.a.example/x/"]
        >>> same_addresses(urls, ["Tide", "Quay", "Tide"]).tolist()
        [0, 1, 0]
    """
    rows: dict[str, list[int]] = {}
    for row, url in enumerate(urls):
        if (address := canonical_url(url)) is not None:
            rows.setdefault(address, []).append(row)
    first = np.arange(len(urls), dtype=np.int64)
    for of_address in rows.values():
        distinct = {" ".join(titles[row].casefold().split()) for row in of_address}
        if len(distinct) <= max(MAX_TITLES, len(of_address) // 2):
            first[of_address] = of_address[0]
    return first
