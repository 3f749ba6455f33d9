"""What frames every request, whichever route answers it."""
