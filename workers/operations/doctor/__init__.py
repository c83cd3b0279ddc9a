"""`doctor`: checks every configured part and says what to do."""
