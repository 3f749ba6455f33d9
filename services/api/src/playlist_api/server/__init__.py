"""How the app is served: gunicorn, its worker, and how a server is sent away."""
