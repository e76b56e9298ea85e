"""For a WSGI server of your own choice: `gunicorn wsgi:app`. `cop serve` needs no such file."""

from cop.app import create_app

app = create_app()
