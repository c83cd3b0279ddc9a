"""Run in a process of its own by `rank`.

Ranks the texts of stdin `ours` or `bare` way; prints seconds and memory.

Memory is VmHWM of /proc where there is one: getrusage's maximum is inherited from the process that started us.
"""

import json
import resource
import sys
import time
from pathlib import Path

KB_PER_MB = 1024


def ours(texts: list[list[str]], interests: list[str]) -> float:
    """Seconds until all are ranked, imports of the ranker included."""
    from workers.models import Paper

    papers = [Paper(id=i, title=title, abstract=abstract) for i, title, abstract in texts]
    began = time.perf_counter()
    from workers.analysis.extractive.ranking.rank import rank

    if len(rank(papers, interests)) != len(papers):
        raise AssertionError("papers were lost")
    return time.perf_counter() - began


def bare(texts: list[list[str]], interests: list[str]) -> float:
    """Seconds of bm25s alone: import, tokenise, index, one score for each."""
    began = time.perf_counter()
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    corpus = bm25s.tokenize([f"{t} {a}" for _, t, a in texts], stemmer=stemmer, show_progress=False)
    query = bm25s.tokenize([" ".join(interests)], stemmer=stemmer, return_ids=False, show_progress=False)
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    sorted(range(len(texts)), key=index.get_scores(query[0]).__getitem__)
    return time.perf_counter() - began


def memory() -> dict[str, float]:
    """Peak and present memory in MB; the peak as /proc has it and as getrusage does."""
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    status = Path("/proc/self/status")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines()) if status.exists() else {}
    own = float(lines["VmHWM"].split()[0]) / KB_PER_MB if "VmHWM" in lines else peak
    return {"peak_mb": own, "rusage_mb": peak}


def main() -> None:
    """`rank_child ours|bare`, a JSON object with `texts` and `interests` on stdin."""
    given = json.load(sys.stdin)
    way = {"ours": ours, "bare": bare}[sys.argv[1]]
    before = memory()["peak_mb"]
    first = way(given["texts"], given["interests"])
    found = memory()
    again = way(given["texts"], given["interests"])
    print(json.dumps({"first_s": first, "again_s": again, "before_mb": before, **found}))


if __name__ == "__main__":
    main()
