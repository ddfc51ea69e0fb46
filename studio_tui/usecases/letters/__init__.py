"""Messages as they go out: the words of each kind put into mails and push notes."""
