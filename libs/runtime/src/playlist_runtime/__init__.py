"""What every process of the product does at its edge: read its settings, write its log."""
