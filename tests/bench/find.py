"""How fast things are found in a team's memory of 20,000 papers.

What the index takes.
"""

import random
import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure, Report
from workers.models.library import LibraryEntry
from workers.store.library.index import Library, entries_key, index_key
from workers.store.library.search import Search, query
from workers.store.server import embedded
from workers.store.server.connection import connect

PAPERS, WORDS, VOCABULARY = 20_000, 150, 30_000
HOME, TODAY, MOST_MS = "slack:C0BENCH", date(2026, 1, 1), 50.0
CHINESE = "图像恢复扩散模型超分辨率去噪增强低光照深度学习方法研究提出新的训练"


def measure(runs: int) -> Report:
    """Time each kind of query over made texts.

    Words are as frequent as in English (Zipf). Each figure is the median of nine times `runs` queries.
    """
    folder = Path(tempfile.mkdtemp(prefix="pb-"))
    embedded.start(folder)
    try:
        redis = connect(f"unix://{embedded.socket_path(folder.absolute())}")
        vocabulary = _fill(redis)
        library, search = Library(redis), Search(redis)
        began = time.perf_counter()
        library.rebuild(HOME)
        built = time.perf_counter() - began
        asked = {
            "one common word": vocabulary[20],
            "two words": f"{vocabulary[30]} {vocabulary[400]}",
            "four common words": " ".join(vocabulary[20:24]),
            "Chinese": "扩散模型",
            "words, liked": f"{vocabulary[30]} liked",
            "an author since a year": f"by:{vocabulary[40]} since:2024",
        }
        figures = []
        for name, said in asked.items():
            took = []
            for _ in range(9 * runs):
                began = time.perf_counter()
                search.find([HOME], query(said, TODAY))
                took.append((time.perf_counter() - began) * 1e3)
            figures.append(Figure(f"find: {name}", median(took), "ms", most=MOST_MS))
        entry = LibraryEntry(
            kind="paper", paper="2601.99999", title="Later", date=TODAY, text=" ".join(vocabulary[:WORDS])
        )
        began = time.perf_counter()
        library.add(HOME, entry)
        figures.append(Figure("one paper more", (time.perf_counter() - began) * 1e3, "ms"))
        figures.append(Figure("index made anew", built, "s"))
        sizes = [redis.memory_usage(key, samples=0) / 2**20 for key in (index_key(HOME), entries_key(HOME))]
        figures += [Figure("index", sizes[0], "MB"), Figure("entries", sizes[1], "MB")]
        return Report(
            name="find",
            title=f"Looking things up in a memory of {PAPERS:,} papers",
            command="python -m tests.bench find",
            floor="none; at most 50 ms are meant to be kept",
            figures=figures,
        )
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _fill(redis) -> list[str]:
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(4, 10))) for _ in range(VOCABULARY)]
    weights = [1 / (n + 1) for n in range(VOCABULARY)]
    said = chance.choices(vocabulary, weights, k=PAPERS * WORDS)
    pipe = redis.pipeline(transaction=False)
    for n in range(PAPERS):
        own = said[n * WORDS : (n + 1) * WORDS]
        entry = LibraryEntry(
            kind="paper",
            paper=f"2601.{n:05}",
            title=" ".join(own[:10]),
            authors=(f"{own[10].title()} {own[11].title()}", f"{own[12].title()} {own[13].title()}"),
            date=TODAY - timedelta(days=n // 10),
            score=n % 100,
            message=str(n),
            text=" ".join(own[10:]) + "".join(chance.choices(CHINESE, k=40)),
        )
        pipe.hset(entries_key(HOME), entry.name, entry.model_dump_json(exclude_defaults=True))
        if n % 10 == 0:
            pipe.hset(f"pb:votes:{HOME}:{entry.paper}", "someone", "1")
    pipe.sadd("pb:libraries", HOME)
    pipe.execute()
    return vocabulary
