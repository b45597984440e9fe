"""What is known to promise nothing that can be tested (D1, D2, H1, H2, leads, advice, references, examples).

Each rule is a form of words. None takes a sentence that holds a mark of a promise (a code, a version, a quoted
status, an obligation) unless its form says that the mark promises nothing: that is what keeps a promise from being
lost here.
"""

from __future__ import annotations

import re

from parsers.prose.rules import Rule

_FLAGS = re.IGNORECASE
RULES: tuple[Rule, ...] = ()
