"""The application factory: one Flask app with everything installed, whatever each office uses of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from core import models  # noqa: F401  (the metadata must be whole before a plugin adds to it)
from core.config import settings
from core.db import init_database
from core.plugins import Plugins


def create_app(overrides: Mapping[str, Any] | None = None, plugins: Plugins | None = None) -> Flask:
    """Build the app: load the plugins, bind the database, hang up the pages."""
    app = Flask("core", root_path=str(Path(__file__).parent))
    app.config.from_mapping(settings() if not overrides or "SECRET_KEY" not in overrides else {})
    app.config.from_mapping(overrides or {})
    if proxies := app.config.get("PROXIES"):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    safe = bool(app.config.get("SAFE_MODE"))
    app.extensions["koudai"] = plugins or Plugins.from_entry_points(safe=safe)
    init_database(app)
    from core.web import init_web

    init_web(app)
    return app
