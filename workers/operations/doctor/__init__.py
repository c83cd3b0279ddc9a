"""`doctor`: looks at every configured part and says what to do where one does not work."""
