from tests.db.support import central, central_server, central_template

__all__ = ["central", "central_server", "central_template"]
