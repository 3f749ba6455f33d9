"""From transactions to itemsets and rules."""
