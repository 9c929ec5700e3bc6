"""How sure a fact is."""

from typing import Literal

Certainty = Literal["S2", "S1", "disputed", "unchecked"]
"""Two or more sources that agree; one source; sources that disagree; general knowledge that nobody has checked yet."""
SURE = ("S2", "S1")
"""What has a source that no other contradicts."""
WORDS = {"S2": "sources agree", "S1": "one source", "disputed": "sources disagree", "unchecked": "not yet checked"}
