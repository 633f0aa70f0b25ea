"""The yardstick: the smallest Flask app there is, served like Koudai."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Greet."""
    return "Hello, world"
