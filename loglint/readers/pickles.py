"""Pickles and checkpoints are recognised and refused: loading one runs whatever code it names.

Nothing of such a file is interpreted here, and arrays of numbers (.npy, .npz) are no logs and are not claimed.
"""

from __future__ import annotations

import re

from loglint.model import Problem, Reading, Source

FORMAT = "pickle"
NAME = re.compile(r"\.(pkl|pickle|pk|p|pt|pth|ckpt|joblib|dill|cloudpickle)(\.(gz|bz2|xz|lzma|z|zst))?$", re.IGNORECASE)
PROTOCOL = re.compile(rb"\x80[\x02-\x05]")  # PROTO opcode and protocol number
OLD_PROTOCOL = re.compile(
    rb"(\(dp0?\n|\(lp0?\n|\(?[}\])]q\x00|\(?c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n|\(i[A-Za-z_][\w.]*\n)"
)  # 0 and 1
ZIP = b"PK\x03\x04"
COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"x\x9c", b"x\x01", b"x\xda")
MESSAGE = (
    "pickles are never loaded, since loading one can run any code; export the history instead, "
    'for example json.dump(history, open("history.json", "w"), default=float), and lint that'
)


def claims(path: str, head: bytes) -> bool:
    """A pickle stream or a zip that holds one (torch.save), by content; by name only where the content says nothing."""
    if PROTOCOL.match(head):
        return head[2:3] in b"}](.K\x95c\x8aXq\x8c)N\x88\x89GJM\x86\x87" or NAME.search(path) is not None
    if head.startswith(ZIP):
        return b"/data.pkl" in head[:4096] or head[30:38] == b"data.pkl"
    if NAME.search(path) is None:
        return False
    return OLD_PROTOCOL.match(head) is not None or head.startswith(COMPRESSED)


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """A reading without series and a problem that says why and what to do."""
    return (Reading(Source(path, FORMAT), problems=(Problem("refused", path, MESSAGE),)),)
