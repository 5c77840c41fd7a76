"""The registry of scenarios; every module of this package adds to it.

@scenario("name", point="client")                  one capture: captures/name
@scenario("name", views={"client-side": "client",  captures/name-client-side and
                         "server-side": "server"})  captures/name-server-side
"""

import importlib
import pkgutil
from dataclasses import dataclass, field

REGISTRY = {}


@dataclass
class Scenario:
    name: str
    function: object
    views: dict
    twins: list = field(default_factory=list)

    def folder(self, view):
        return f"{self.name}-{view}" if view else self.name

    def folders(self):
        return [self.folder(view) for view in self.views]

    def related(self, view):
        """Folders to compare with: the other views, the twins, and who names this one."""
        found = [folder for folder in self.folders() if folder != self.folder(view)]
        found += [_resolve(name, view) for name in self.twins]
        for other in REGISTRY.values():
            found += [
                other.folder(view if view in other.views else next(iter(other.views)))
                for name in other.twins
                if _resolve(name, view) == self.folder(view)
            ]
        return list(dict.fromkeys(found))


def _resolve(name, view):
    """The folder meant by a twin's name: of a scenario with several views the same
    view as here, or the first one."""
    if name in REGISTRY:
        views = REGISTRY[name].views
        return REGISTRY[name].folder(view if view in views else next(iter(views)))
    if any(name in other.folders() for other in REGISTRY.values()):
        return name
    raise ValueError(f"there is no scenario {name}")


BOTH = {"client-side": "client", "server-side": "server"}


def scenario(name, point="client", views=None, twins=()):
    def register(function):
        if name in REGISTRY:
            raise ValueError(f"two scenarios are called {name}")
        REGISTRY[name] = Scenario(name, function, views or {"": point}, list(twins))
        return function

    return register


def load():
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    for known in REGISTRY.values():
        for view in known.views:
            known.related(view)
    return REGISTRY
