"""What each guard saved, told from blocked signals that were traded by chance."""
