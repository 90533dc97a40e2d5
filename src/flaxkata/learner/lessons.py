"""Fetches what a board's class taught the grader: records of mistakes, which
answers are compared with. Nothing of a record is run.
"""

from pathlib import Path

from flaxkata import posts
from flaxkata.judge import taught
from flaxkata.learner import membership
from flaxkata.learner.outbox import Outbox


def fetch(root: Path, outbox: Outbox, member: membership.Membership) -> str:
    """Keep the records that this folder never had, each once; the digest of all
    that the board has. Raises membership.Refused, membership.Unreachable,
    OSError, posts.Malformed.
    """
    said = membership.fetch(member.url, "/api/taught", member.key, posts.MOST_BYTES)
    offered = posts.read(said, posts.Offered)
    fetched = outbox.fetched()
    for digest in offered.records:
        if digest not in fetched:
            content = membership.fetch(member.url, f"/api/taught/{digest}", member.key, taught.MOST + 1)
            outbox.add_fetched(digest, _trouble(root, content))
    return offered.digest


def _trouble(root: Path, content: bytes) -> str:
    """Keep a record; why it is dropped, if it is."""
    try:
        taught.keep(root, taught.decoded(content))
    except taught.BadRecord as error:
        return str(error)
    return ""
