"""Measures one frontdesk process under load, Rasa replaced by a stand-in that answers at once."""
