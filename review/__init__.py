"""From a reviewer's mark to an example that the assistant learns from: plain Python, no web, no database, no Rasa."""
