"""How far simulated money is from real money, over decisions that have both."""
