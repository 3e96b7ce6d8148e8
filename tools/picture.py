"""Record the demo as a picture of a terminal: docs/pictures/demo.svg."""

import io
import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from localyun import demo

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "demo.svg"
COLUMNS = 108
CHAPTERS = slice(1, 4)
"""Those that the picture shows: all of them would make it too long to look at."""
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
# The picture loads nothing from elsewhere: a font of the reader's machine does.
FORMAT = re.sub(r"@font-face {{.*?}}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", FONTS
)


def main() -> int:
    """Play the demo and write the picture if all went as told; the demo's own exit code."""
    screen = io.StringIO()
    code = demo.play(
        Console(file=screen, width=COLUMNS, force_terminal=True, force_interactive=False, highlight=False)
    )
    if code:
        print(screen.getvalue(), file=sys.stderr)
        return code
    _, *chapters = screen.getvalue().rstrip().split("\n\n")
    picture = Console(file=io.StringIO(), record=True, width=COLUMNS, highlight=False)
    picture.print(Text("$ make demo\n…\n"))
    picture.print(Text.from_ansi("\n\n".join(chapters[CHAPTERS])))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    picture.save_svg(str(PICTURE), title="localyun demo", code_format=FORMAT, unique_id="demo")
    return 0


if __name__ == "__main__":
    sys.exit(main())
