"""Latest-wins slot: the newest item wins and what was replaced is counted."""

import threading

from desktop.workers.slot import LatestSlot


def test_only_the_newest_item_is_taken_and_the_others_are_counted() -> None:
    slot: LatestSlot[int] = LatestSlot()
    for item in (1, 2, 3):
        slot.put(item)
    assert slot.take() == 3
    assert slot.dropped == 2
    assert slot.take() is None


def test_put_says_whether_the_taker_must_be_told() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.put(1)
    assert not slot.put(2)
    slot.take()
    assert slot.put(3)


def test_a_waiting_taker_gets_the_item_of_another_thread() -> None:
    slot: LatestSlot[int] = LatestSlot()
    taken: list[int | None] = []
    taker = threading.Thread(target=lambda: taken.append(slot.take(timeout_s=10)))
    taker.start()
    slot.put(7)
    taker.join(10)
    assert taken == [7]


def test_closing_wakes_a_waiting_taker() -> None:
    slot: LatestSlot[int] = LatestSlot()
    taker = threading.Thread(target=lambda: slot.take(timeout_s=60))
    taker.start()
    slot.close()
    taker.join(10)
    assert not taker.is_alive()


def test_clearing_is_not_dropping() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(1)
    slot.clear()
    assert slot.dropped == 0
    assert slot.take() is None
