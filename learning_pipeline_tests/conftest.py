"""What holds for every test."""

from hypothesis import settings

# A busy machine makes an example slow, not wrong; speed is measured elsewhere, as ratios.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
