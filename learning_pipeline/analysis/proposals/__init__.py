"""Which changes of the gates the evidence asks for; nothing takes effect by itself."""
