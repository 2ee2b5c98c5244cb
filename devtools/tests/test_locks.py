"""Locks, and folders that are there whole or not at all."""

import tempfile
import threading
import unittest
from pathlib import Path

from devtools import locks


class TestLocks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_exclusive(self):
        path = self.folder / "a.lock"
        with locks.locked(path), locks.open_lock(path) as other:
            self.assertFalse(locks.try_lock(other))
            self.assertFalse(locks.try_lock(other, shared=True))
        with locks.open_lock(path) as other:
            self.assertTrue(locks.try_lock(other))

    def test_shared(self):
        path = self.folder / "a.lock"
        with locks.open_lock(path) as one, locks.open_lock(path) as two:
            self.assertTrue(locks.try_lock(one, shared=True))
            self.assertTrue(locks.try_lock(two, shared=True))
            self.assertFalse(locks.try_lock(one), "the other still uses it")
            two.close()
            self.assertTrue(locks.try_lock(one))

    def test_slots(self):
        with (
            locks.free_slot(self.folder) as first,
            locks.free_slot(self.folder) as next,
        ):
            self.assertEqual((first, next), (1, 2))
        with locks.free_slot(self.folder) as again:
            self.assertEqual(again, 1)

    def test_built_once(self):
        built = []

        def build(folder):
            built.append(folder)
            (folder / "file").write_text("x")

        target = self.folder / "thing"
        threads = [
            threading.Thread(target=locks.built_once, args=(target, build))
            for _number in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(built), 1)
        self.assertEqual((target / "file").read_text(), "x")

    def test_interrupted_build_leaves_nothing(self):
        def build(folder):
            (folder / "half").write_text("x")
            raise KeyboardInterrupt

        target = self.folder / "thing"
        with self.assertRaises(KeyboardInterrupt):
            locks.built_once(target, build)
        self.assertFalse(target.exists())
        self.assertEqual(list(self.folder.glob(".thing.tmp-*")), [])

    def test_leftover_of_a_killed_build_is_removed(self):
        (self.folder / ".thing.tmp-dead").mkdir()
        locks.built_once(self.folder / "thing", lambda folder: None)
        self.assertEqual(list(self.folder.glob(".thing.tmp-*")), [])
