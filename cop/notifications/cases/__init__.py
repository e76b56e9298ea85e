"""What tellers of cases are asked by mail."""
