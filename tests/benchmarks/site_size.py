"""How large the site of a run becomes, and how soon its largest page can be used, for a growing number of cases.

```
python -m tests.benchmarks.site_size RUN [--cases N ...] [--only-size]
```

Records of N cases are made of the record RUN: its operations are repeated under other names, or some of them left
out. The table shows the seconds in which the site is written, the size of all its pages and of the largest, and times
of the largest page in a headless Chromium. The first paint and the end of loading are times of a clock, which other
work on the machine makes longer. The others are processor times of the page's thread: to load the page, and to filter
with the layout and the frames after it, for the first word that is typed and the longest of later ones. The command
needs Chromium, and installs the client of its protocol in an environment of its own. Status 1 if a page of up to
10,000 cases is larger than 5 MB.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.sandbox.environments import Plan, cache, environment, this_python
from reports.site import site
from reports.site_folder import write_site
from reports.view import view
from specs.record import RunRecord

CASES = (10_000, 30_000)
MOST_BYTES = 5_000_000
CLIENT = "playwright==1.65.2"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

WORDS = ("server", "", "error/404", "", "no such thing", "", "s", "se")
"""The words that are typed into the filter, one after another."""

LOOK = """
import json, sys
from playwright.sync_api import sync_playwright
FILTER = '''word => {
  const field = document.getElementById("filter-name");
  field.value = word;
  field.dispatchEvent(new Event("input"));
  document.body.offsetHeight;
}'''
SETTLE = '''async () => {
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
}'''
with sync_playwright() as client:
    browser = client.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_context(bypass_csp=True).new_page()
    thread = page.context.new_cdp_session(page)
    thread.send("Performance.enable", {"timeDomain": "threadTicks"})
    def spent():
        metrics = {one["name"]: one["value"] for one in thread.send("Performance.getMetrics")["metrics"]}
        return 1000 * metrics["TaskDuration"]
    page.goto("file://" + sys.argv[2])
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    load, filters = spent(), []
    page.evaluate(SETTLE)
    for word in json.loads(sys.argv[3]):
        began = spent()
        page.evaluate(FILTER, word)
        page.evaluate(SETTLE)
        filters.append(spent() - began)
    print(json.dumps([paint, loaded, load, filters[0], max(filters[1:])]))
    browser.close()
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--cases", type=int, nargs="+", default=CASES, metavar="N", help="numbers of cases")
    parser.add_argument("--only-size", action="store_true", help="without a browser")
    given = parser.parse_args(arguments)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None and not given.only_size:
        parser.error(f"none of {', '.join(BROWSERS)} is installed; --only-size does without")
    real = len({result.case for result in RunRecord.read(given.run).results})
    too_large = False
    print("| cases | s | MB | largest, MB | first paint, ms | loaded, ms | load, cpu ms | first filter | later |")
    print(f"|{'---|' * 9}", flush=True)
    for cases in (real, *given.cases):
        with tempfile.TemporaryDirectory() as directory:
            record = repeated(given.run, cases, Path(directory) / "run")
            began = time.monotonic()
            folder = Path(directory) / "site"
            write_site(folder, site([view(RunRecord.read(record))]))
            seconds = time.monotonic() - began
            pages = sorted(folder.rglob("*.html"), key=lambda path: path.stat().st_size)
            sizes = [path.stat().st_size for path in pages]
            figures = [f"{seconds:.1f}", f"{sum(sizes) / 1e6:.1f}", f"{sizes[-1] / 1e6:.2f}"]
            if browser is not None and not given.only_size:
                figures += [f"{one:.0f}" for one in looked_at(browser, pages[-1])]
            print(f"| {cases} | {' | '.join(figures)} |", flush=True)
            too_large |= cases <= CASES[0] and sizes[-1] > MOST_BYTES
    return int(too_large)


def repeated(run: Path, cases: int, to: Path) -> Path:
    """Write a record with this number of cases, made of those of a run, and return its directory."""
    to.mkdir()
    shutil.copy(run / "run.json", to)
    with (to / "results.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(_lines(run, cases))
    return to


def _lines(run: Path, cases: int) -> Iterator[str]:
    latest = {}
    for line in (run / "results.jsonl").read_text("utf-8").splitlines():
        result = json.loads(line)
        latest[result["case"]] = result
    results, copy, written = list(latest.values()), 0, 0
    while written < cases:
        for result in results[: cases - written]:
            yield json.dumps(_copied(result, copy)) + "\n"
        written += len(results)
        copy += 1


def _copied(result: dict[str, str], number: int) -> dict[str, str]:
    """Return a result as one of another operation, whose name ends with a number; the first copy is the result."""
    if not number:
        return result
    operation, other = result["operation"], f"{result['operation']}-copy{number}"
    return result | {
        "operation": other,
        **{key: result[key].replace(operation, other, 1) for key in ("case", "requirement")},
    }


def looked_at(browser: str, page: Path) -> list[float]:
    """Return the five times of a page in milliseconds, in the order of the table."""
    plan = Plan(CLIENT, f"{CLIENT.replace('==', '-')}-py{this_python()}", this_python(), (CLIENT,))
    python = environment(plan, cache(), tell=lambda sentence: print(sentence, file=sys.stderr))
    done = subprocess.run(
        [python, "-c", LOOK, browser, page, json.dumps(WORDS)], capture_output=True, text=True, check=True
    )
    return list(map(float, json.loads(done.stdout)))


if __name__ == "__main__":
    raise SystemExit(main())
