"""Serves song recommendations from a published model; ``app.create_app`` makes the WSGI app.

Nothing is imported here: ``playlist-api drain`` runs within a pod's last seconds and its share of a processor, of which
importing Flask and numpy would take more than half a second.
"""
