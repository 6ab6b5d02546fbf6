"""What a label row says about a plate; rows are [corners x,y × 4 (pixels), kind]."""

BLANK = 0
"""No plate (in a row: unused; in a scene: painted over, a place to paste)."""

BOX_ONLY = 1
"""A real plate: the corners are those of its labelled box."""

QUAD_KNOWN = 2
"""A pasted plate: the corners are exact."""

IGNORED = 3
"""Cut off, tiny, half hidden or doubtful: neither plate nor background."""
