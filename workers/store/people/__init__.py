"""What people do: votes, questions, requests, threads they write in."""
