"""What triage judges: a paste becomes facts, rules make a verdict of them."""
