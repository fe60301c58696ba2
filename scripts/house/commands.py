"""What the commands do, once the virtual environment is there."""

from . import databases, server
from .console import say
from .odoo_runtime import runtime


def setup(_options):
    runtime()
    say("   Ready")


def run(_options):
    server.run()


def newdb(options):
    databases.new(options.name, demo=options.demo)
    say(f"   {options.name}: scripts/odoo shell -d {options.name}")


def test(options):
    from . import testing

    testing.run(options.arguments)


def test_core(options):
    from . import core_suites

    core_suites.run(options)


def bench(options):
    from . import benchmarks

    benchmarks.run(options.arguments)


def pot(options):
    from . import translations

    translations.run(check=options.check)
