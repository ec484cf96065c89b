"""Currencies whose amounts are taken as dollars."""

USD_LIKE = frozenset({"USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "USDP", "PYUSD", "USDS", "USDE", "GUSD"})
