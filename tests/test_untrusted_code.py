"""Nothing that the application reads can run as code: no pickle, no eval, no file of arrays with objects."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((*ROOT.glob("desktop/**/*.py"), *ROOT.glob("models/**/*.py")))
MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "shelve",
    "marshal",
    "torch",
    "yaml",
}
CALLS = {
    "eval",
    "exec",
    "compile",
    "np.load",
    "numpy.load",
    "np.fromregex",
    "pandas.read_pickle",
    "os.system",
}
PICKLING = {"allow_pickle", "shell"}  # arguments


def _findings(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name.split(".")[0] in MODULES)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in MODULES:
                yield module
            case ast.Call(func=func, keywords=keywords):
                if ast.unparse(func) in CALLS:
                    yield ast.unparse(func)
                yield from (one.arg for one in keywords if one.arg in PICKLING)


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from torch.hub import load",
        "def f():\n    import joblib.numpy_pickle",
        "np.load(path)",
        "eval(text)",
        "load(path, allow_pickle=True)",
    ],
)
def test_what_would_run_code_is_found(code: str) -> None:
    assert list(_findings(code))


def test_the_application_never_runs_what_it_reads() -> None:
    assert len(SOURCES) > 100
    assert {str(path): found for path in SOURCES if (found := list(_findings(path.read_text("utf-8"))))} == {}
