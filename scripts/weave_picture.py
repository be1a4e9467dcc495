"""Draws a search as a tree: `docs/images/weave.svg`; run by hand after changing the search.

    python -m scripts.weave_picture

A problem of the bench whose best answers begin with a piece that looks poor, answered with 144
pieces. Across: pieces of the text; up: what the evaluator said. The way to the answer is thick.
"""

from collections.abc import Iterator
from pathlib import Path

from app.weave.search import SearchConfig, weave
from app.weave.tree import Node
from bench.weave.families import FAMILIES
from bench.weave.meter import Meter

FILE = Path(__file__).resolve().parent.parent / "docs" / "images" / "weave.svg"
PROBLEM = ("deceptive", 0)
BUDGET = 144
WIDTH, HEIGHT, MARGIN = 760, 400, 46
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #57606a; }
line { stroke: #8c959f; stroke-width: 0.8; opacity: 0.55; }
circle { fill: #8c959f; }
.way { stroke: #1a7f37; stroke-width: 2.6; opacity: 1; }
circle.way { fill: #1a7f37; stroke: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1; }
  line { stroke: #656c76; }
  circle { fill: #656c76; }
  .way { stroke: #3fb950; }
  circle.way { fill: #3fb950; }
}
"""


def nodes(root: Node) -> Iterator[Node]:
    """Yields all texts below the root."""
    waiting = list(root.children)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def picture(root: Node, answer: str) -> str:
    """Returns the tree as SVG.

    Args:
        root: of the search.
        answer: the text that the search gave.
    """
    found = sorted(nodes(root), key=lambda node: answer.startswith(node.text))
    low, high = min(n.score for n in found), max(n.score for n in found)
    deepest = max(node.depth for node in found)

    def place(node: Node) -> tuple[float, float]:
        score = node.score if node.depth else low
        across = MARGIN + node.depth / deepest * (WIDTH - 2 * MARGIN)
        return across, HEIGHT - MARGIN - (score - low) / (high - low) * (HEIGHT - 2 * MARGIN)

    parts = []
    for node in found:
        assert node.parent is not None
        (x1, y1), (x2, y2) = place(node.parent), place(node)
        way = ' class="way"' if answer.startswith(node.text) else ""
        parts.append(f'<line{way} x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
        parts.append(f'<circle{way} cx="{x2:.1f}" cy="{y2:.1f}" r="{3.6 if way else 2.2}"/>')
    foot = HEIGHT - 14
    parts.append(f'<text x="{MARGIN}" y="20">log-odds by the evaluator</text>')
    parts.append(f'<text x="{WIDTH - MARGIN}" y="{foot}" text-anchor="end">pieces</text>')
    for depth in range(1, deepest + 1):
        across = MARGIN + depth / deepest * (WIDTH - 2 * MARGIN)
        label = f"{depth}" if depth < deepest else ""
        parts.append(f'<text x="{across:.0f}" y="{foot}" text-anchor="middle">{label}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n'
        f"<title>The tree of one search, the way to its answer thick</title>\n"
        f"<style>{STYLE}</style>\n{body}\n</svg>\n"
    )


def main() -> None:
    """Searches and writes the picture."""
    family, number = PROBLEM
    meter = Meter(FAMILIES[family](number), BUDGET)
    config = SearchConfig(budget=BUDGET, seed=number)
    result = weave(None, expand=meter.expand, score=meter.score, config=config)
    FILE.write_text(picture(result.root, result.text))


if __name__ == "__main__":
    main()
