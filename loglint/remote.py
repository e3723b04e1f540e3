"""URLs -> bytes: objects in stores (s3, gs, az) and files behind http(s), listed, and fetched with many requests in flight.

Which of them are looked at lives in `loglint.discover`. Only URLs that the user named are asked, and what lies below them.
Needs obstore, imported when the first URL is met: `pip install "loglint[remote]"`.
"""

from __future__ import annotations

import datetime
import functools
import os
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec.structs import replace

from loglint import cache
from loglint.errors import InputError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from concurrent.futures import Future

    from obstore.store import ObjectStore

Bytes = TypeVar("Bytes", bytes, "bytes | None")
_URL = re.compile(r"(s3a?|gs|az|azure|adl|abfss?|https?)://")
ENDPOINTS = (  # environment variables with the address of a store
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"),
    *("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT", "GOOGLE_BASE_URL"),
)
IN_FLIGHT = 64  # requests at a time
WHOLE = 8 * 2**20  # bytes: larger objects are fetched when they are read, not ahead
AHEAD = 256 * 2**20  # bytes that may be held ahead of the reading
PAGES = 20_000  # listings of one web server
TIMEOUT, RETRIES, PATIENCE = "30s", 3, datetime.timedelta(seconds=60)
SETTLED = datetime.timedelta(seconds=60)  # from then on a time of change in whole seconds tells one version from the next


class Object(msgspec.Struct, frozen=True):
    """One object: its URL, its size in bytes (0 where a server does not tell), and what changes with its bytes ("": not known)."""

    url: str
    size: int
    version: str = ""


def is_url(path: str) -> bool:
    """Whether a path names an object store or a web server."""
    return "://" in path and _URL.match(path) is not None


def find(url: str) -> tuple[Object, ...] | None:
    """The object that a URL names; None where it names a folder of them (`below` lists it).

    Raises InputError where the store cannot be asked.
    """
    root, key = _parts(url)
    if not key or url.endswith("/"):
        return None
    try:
        if root.startswith("http"):
            return tuple(_described([url]))
        return (replace(_object(root, _obstore().head(_store(root), key)), url=url),)
    except FileNotFoundError:
        return None
    except _failures() as error:
        raise InputError(_said(url, error)) from None


def below(url: str) -> Iterator[Object]:
    """Every object below a URL, sorted by URL. Raises InputError where the store cannot be asked or nothing is there."""
    root, key = _parts(url)
    try:
        if root.startswith("http"):
            urls = [f"{root}/{path}" for path in _linked(root, key)]
            found = [Object(url, 0) for url in urls] if cache.folder() is None else _described(urls)  # versions are for the cache
        else:
            pages = _obstore().list(_store(root), prefix=key or None, chunk_size=1000)
            found = [_object(root, item) for page in pages for item in page if item["size"]]
    except _failures() as error:
        raise InputError(_said(url, error)) from None
    if not found:
        raise InputError(f"{url}: no object is there; name a prefix that ends at a slash of the objects' names")
    yield from sorted(found, key=lambda one: one.url)


def _object(root: str, meta: Mapping[str, Any]) -> Object:
    """An object as a listing or a request for its headers describes it."""
    tag, changed = meta["e_tag"] or "", meta["last_modified"]
    version = tag if not tag.startswith("W/") else ""
    if not tag and root.startswith("http") and datetime.datetime.now(datetime.UTC) - changed > SETTLED:
        version = changed.isoformat()
    return Object(f"{root}/{meta['path']}", int(meta["size"]), version or meta["version"] or "")


def _described(urls: Sequence[str]) -> list[Object]:
    """What a web server's headers tell of its files, many asked at a time; nothing of those for which it has none."""
    found: list[Object] = []
    for start in range(0, len(urls), IN_FLIGHT):
        some = urls[start : start + IN_FLIGHT]
        for url, asked in zip(some, [_in_loop(_headers(url)) for url in some], strict=True):
            try:
                found.append(replace(_object(_parts(url)[0], asked.result()), url=url))
            except _failures():
                found.append(Object(url, 0))
    return found


async def _headers(url: str) -> Mapping[str, Any]:
    root, key = _parts(url)
    described: Mapping[str, Any] = await _obstore().head_async(_store(root), key)
    return described


def read(url: str, limit: int) -> bytes:
    """The first `limit` bytes of an object. Raises OSError where it cannot be read."""
    data: bytes = _finished(_in_loop(_fetched(url, limit)))
    return data


def ahead(objects: Iterable[Object]) -> Iterator[bytes | OSError | None]:
    """The bytes of each object in turn, fetched ahead of their use; None for one too large for that, or what went wrong."""
    waiting: deque[tuple[int, Future[bytes | None] | None]] = deque()
    held = 0
    for one in objects:
        while waiting and (len(waiting) >= IN_FLIGHT or held + one.size > AHEAD):
            size, future = waiting.popleft()
            held -= size
            yield _outcome(future)
        small = one.size <= WHOLE
        waiting.append((one.size if small else 0, _in_loop(_small(one)) if small else None))
        held += one.size if small else 0
    for _, future in waiting:
        yield _outcome(future)


def _outcome(future: Future[bytes | None] | None) -> bytes | OSError | None:
    try:
        return None if future is None else _finished(future)
    except OSError as error:
        return error


# ---------------------------------------------------------------- requests


def _finished(future: Future[Bytes]) -> Bytes:
    """What a request brought. Raises OSError in words that name no address twice."""
    try:
        return future.result()
    except FileNotFoundError:
        raise FileNotFoundError(None, "no such object") from None
    except _failures() as error:
        raise OSError(None, _reason(error)) from None


async def _small(one: Object) -> bytes | None:
    """The bytes of an object; None of one whose size was not known and turns out to be too large to be held ahead."""
    if one.size or not one.url.startswith("http"):
        return await _fetched(one.url, None)
    root, key = _parts(one.url)
    result = await _obstore().get_async(_store(root), key)
    return None if result.meta["size"] > WHOLE else bytes(await result.bytes_async())


async def _fetched(url: str, limit: int | None) -> bytes:
    root, key = _parts(url)
    options: Any = None if limit is None else {"range": (0, limit)}
    try:
        result = await _obstore().get_async(_store(root), key, options=options)
    except _failures():
        if options is None:
            raise
        result = await _obstore().get_async(_store(root), key)  # an empty object has no range, and some servers know none
    return bytes(await result.bytes_async())[:limit]


def _in_loop(request: Any) -> Future[Any]:
    from asyncio import run_coroutine_threadsafe

    return run_coroutine_threadsafe(request, _loop(os.getpid()))


@functools.cache
def _loop(_process: int) -> AbstractEventLoop:
    """The event loop of this process, in a thread of its own."""
    import asyncio

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="loglint-remote", daemon=True).start()
    return loop


@functools.cache
def _store(root: str) -> ObjectStore:
    """The store behind `scheme://bucket`; credentials and endpoints come from the environment, as its own tools take them."""
    from obstore.store import from_url

    options: Any = {"timeout": TIMEOUT, "allow_http": root.startswith("http:") or _plain_endpoint(os.environ)}
    retry: Any = {"max_retries": RETRIES, "retry_timeout": PATIENCE}
    if root.startswith("s3") and "AWS_ACCESS_KEY_ID" not in os.environ and (provider := _profile()) is not None:
        return from_url(root, client_options=options, retry_config=retry, credential_provider=provider)
    return from_url(root, client_options=options, retry_config=retry)


def _plain_endpoint(environment: Mapping[str, str]) -> bool:
    names = (
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT",
        "AZURE_STORAGE_ENDPOINT",
        "AZURE_ENDPOINT",
        "GOOGLE_BASE_URL",
    )
    return any(environment.get(name, "").startswith("http:") for name in names)


def _profile() -> Any:
    """The credentials of AWS's own files and roles, where boto3 is installed and finds some."""
    try:
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError:
        return None
    session = boto3.Session()
    return Boto3CredentialProvider(session) if session.get_credentials() is not None else None


def _obstore() -> Any:
    try:
        import obstore
    except ImportError:
        raise InputError('reading URLs needs obstore: pip install "loglint[remote]"') from None
    return obstore


def _failures() -> tuple[type[Exception], ...]:
    return (_obstore().exceptions.BaseError, OSError)


def _parts(url: str) -> tuple[str, str]:
    """(`scheme://bucket`, the key of the object in it)."""
    parts = urlsplit(url)
    key = parts.path.strip("/")
    return f"{parts.scheme}://{parts.netloc}", unquote(key) if parts.scheme.startswith("http") else key


def _reason(error: Exception) -> str:
    """The first line of what a store answered, without the address of the request (it may hold a signature) and what it took."""
    told = re.search(r"<Message>([^<]+)</Message>", str(error))
    first = next(iter((told[1] if told else str(error)).strip().splitlines()), type(error).__name__)
    return re.sub(r" in [\d.]+[mµn]?s\b", "", re.sub(r"https?://\S+", "its address", first)).rstrip(".")[:300]


def _said(url: str, error: Exception) -> str:
    return f"{url}: {_reason(error)}; addresses and credentials come from the environment (docs/remote.md)"


# ---------------------------------------------------------------- web servers


def _linked(root: str, key: str) -> list[str]:
    """The files below a folder that a web server lists as pages of links: links that lead down, never up or elsewhere."""
    from loglint.links import targets_of

    files: list[str] = []
    folders, seen = [f"{key}/" if key else ""], set[str]()
    while folders and len(seen) < PAGES:
        folder = folders.pop()
        if folder in seen:
            continue
        seen.add(folder)
        for target in targets_of(_page(root, folder)):
            name = unquote(urlsplit(target).path).removeprefix(f"/{folder}")
            if urlsplit(target).netloc or not name or name.startswith((".", "/")) or "/" in name[:-1]:
                continue
            (folders if name.endswith("/") else files).append(folder + name)
    return files


def _page(root: str, folder: str) -> str:
    result = _obstore().get(_store(root), folder)
    kind = str(result.attributes.get("Content-Type", ""))
    text = bytes(result.bytes()).decode("utf-8", "replace")
    if "html" not in kind:
        raise OSError(None, "the server lists no files here; name the files themselves")
    return text
