"""The learning book: what exploration may risk, and every reason why an order of it is refused (learning-book)."""
