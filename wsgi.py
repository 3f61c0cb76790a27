"""For any WSGI server: `wsgi:app`."""

from audit.app import create_app

app = create_app()
