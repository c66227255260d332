"""Compares the kiosk's chain with what the centre keeps of it, before anything is appended.

Centre ahead: this disk is a clone or was restored; appending would write over history. Other hash
under the same number: a fork. Both need a person. Centre behind: it was restored from a backup, and
gets the missing links again while they are kept. A higher epoch at the centre means that staff
re-anchored this chain after a stolen login; when the hashes agree the kiosk goes on in that epoch.
"""

from __future__ import annotations

import logging
from enum import StrEnum

from db.central.wire import MAX_BATCH_EVENTS, Head
from db.sync.ports import CentreLink, Outbox
from kiosk.ports import LastingFault

log = logging.getLogger(__name__)


class Disagreement(StrEnum):
    """Reasons of the LastingFault; each is an alarm."""

    CLONE_OR_ROLLBACK = "clone_or_rollback"
    FORK = "fork"
    EPOCH_BEHIND = "epoch_behind"  # the centre was restored to before a re-anchoring: it would refuse our links
    REWIND_NOT_KEPT = "rewind_not_kept"  # the centre's backup is older than what the kiosk keeps


def agree(store: Outbox, centre: Head, at: float | None = None) -> None:
    """Make the outbox what the centre still lacks, or raise LastingFault(Disagreement). ``at``: Unix seconds by the
    centre's clock."""
    local = store.head()
    if centre.epoch < local.epoch:
        raise LastingFault(Disagreement.EPOCH_BEHIND.value)
    if centre.seq > local.seq:
        raise LastingFault(Disagreement.CLONE_OR_ROLLBACK.value)
    kept = store.hash_of(centre.seq)
    if kept is None:
        raise LastingFault(Disagreement.REWIND_NOT_KEPT.value)
    if kept != centre.hash:
        raise LastingFault(Disagreement.FORK.value)
    if centre.epoch > local.epoch:
        log.warning("chain was re-anchored", extra={"epoch": centre.epoch, "after_seq": centre.seq})
        store.adopt_epoch(centre.epoch)
    again = store.rewind(centre.seq)
    if again:
        log.warning("centre was restored, sending again", extra={"events": again, "from_seq": centre.seq + 1})
    store.acknowledge(centre.seq, at)


def put_on_record(store: Outbox, link: CentreLink, centre: Head) -> None:
    """Let the centre see for itself that this is a clone or a fork: it refuses a link of ours that contradicts it and
    keeps an alarm. It can take nothing: what is not under one of its own numbers has the wrong predecessor."""
    waiting = store.pending(MAX_BATCH_EVENTS)
    contradicting = [event for event in waiting if event.seq <= centre.seq + 1] or waiting
    if contradicting:
        link.append(contradicting[-1:])
