"""Understanding: Rasa components, channel and stores. The only room that imports ``rasa``."""
