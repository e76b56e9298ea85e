"""The measure of everything else: a bare Flask application that answers with a constant string."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def constant() -> str:
    return "A person before a document."
