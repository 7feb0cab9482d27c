"""The web service: chat API, widget files, health."""
