"""The application, built in named steps."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import Babel

from cop import wiring
from cop.discussions.marks.buffer import MarkBuffer
from cop.platform import clock, events, postgresql, site
from cop.platform.database import binds_of, db
from cop.platform.languages import ENGLISH, list_languages
from cop.platform.secret import secret_in
from cop.search.jobs import Indexing
from cop.settings import BadSetting, Settings

_POSTGRESQL = {  # a lock or a server that does not answer must not hold every thread of ours
    "pool_use_lifo": True,
    "pool_events": postgresql.POOL_EVENTS,
    "connect_args": {
        "connect_timeout": 5,
        "options": "-c client_encoding=UTF8 -c lock_timeout=5s -c statement_timeout=60s",
    },
}
_SQLITE = {"pool_use_lifo": True}  # what one connection has read and written down need not be there in each of them
MOST_BYTES_SENT = 512 * 1024  # a story is at most 64 kB of UTF-8; percent-encoding triples it


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application.

    Raises:
        BadSetting: the environment holds a setting that cannot be used.
    """
    settings = settings or Settings.from_env()
    app = _bare_app(settings)
    _connect_database(app, settings)
    _wire(app, settings)
    _add_web(app, settings)
    _add_commands(app)
    return app


def _bare_app(settings: Settings) -> Flask:
    app = Flask("cop", template_folder=str(site.folder("templates")), static_folder=str(site.folder("static")))
    app.config.update(
        SECRET_KEY=settings.secret_key or secret_in(settings.data),
        MAX_CONTENT_LENGTH=MOST_BYTES_SENT,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES_SENT,
        MAX_FORM_PARTS=200,
        WTF_I18N_ENABLED=False,  # every word of a form is ours; the library's catalogue was read for each form
        PERMANENT_SESSION_LIFETIME=timedelta(days=60),
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
    )
    app.extensions["cop-settings"] = settings
    app.extensions["cop-since"] = clock.seconds(clock.now())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(
        app,
        locale_selector=_language,
        timezone_selector=lambda: "UTC",
        default_translation_directories=str(site.folder("translations")),
    )
    return app


def _language() -> str:
    """The reader's, when it is known already who reads: saying no must not need the database."""
    from cop.web.callers import known_viewer

    chosen = known_viewer().language
    return chosen if chosen in list_languages() else ENGLISH


def _connect_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database.replace("postgresql://", "postgresql+psycopg://", 1)
    app.config["SQLALCHEMY_BINDS"] = binds_of(settings.database)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _SQLITE if settings.database.startswith("sqlite") else _POSTGRESQL
    try:
        db.init_app(app)
    except ModuleNotFoundError as missing:
        raise BadSetting(
            f"COP_DATABASE_URL needs the module {missing.name}."
            " In the checkout: pip install -c constraints.txt '.[postgres]'."
        ) from missing


def _wire(app: Flask, settings: Settings) -> None:
    indexing = Indexing(settings.data / "index")
    app.extensions["cop-indexing"] = indexing
    app.extensions["cop-marks"] = MarkBuffer()
    app.extensions["cop-jobs"] = wiring.jobs(settings, indexing)
    events.connect(app, wiring.REACTIONS, wiring.ALWAYS)


def _add_web(app: Flask, settings: Settings) -> None:
    from cop.web import blueprints, errors, headers, limiting, signing, templating, visitors

    app.wsgi_app = visitors.AnswerVisitors(app)  # type: ignore[method-assign]  # how Flask documents middleware
    headers.guard(app, settings)
    signing.sign_people_in(app, settings)
    limiting.limit(app, settings)
    templating.furnish(app, settings)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    errors.map_errors(app)


def _add_commands(app: Flask) -> None:
    from cop.cli import Commands

    app.cli = Commands()
