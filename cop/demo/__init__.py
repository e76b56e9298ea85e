"""The demonstration: invented people and stories, told through the operations in the order of time."""

CLINICAL = frozenset(("bedside-icu", "home-visits"))  # of its communities: there somebody could take a text for advice
