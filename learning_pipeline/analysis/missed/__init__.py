"""What came too late: signals that expired or were cancelled, and what waiting costs the others."""
