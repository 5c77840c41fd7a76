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
    return REGISTRY
