"""Whether the verdicts that stand are those that the acts say, with the voices that they say."""
