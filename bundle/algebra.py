"""Asks OpenCV for what it does with BLAS and LAPACK, and compares with NumPy; see blas.c."""

from typing import Any

import cv2
import numpy as np

SIZE = 120  # large enough for OpenCV to hand the work on


def main() -> None:
    """Raise AssertionError where the two differ."""
    opencv: Any = cv2  # its stubs want kinds of numbers that NumPy's do not promise
    random = np.random.default_rng(7)
    for kind, close in ((np.float32, 2e-2), (np.float64, 1e-8)):
        a: Any = random.normal(size=(SIZE, SIZE)).astype(kind)
        b: Any = random.normal(size=(SIZE, 3)).astype(kind)
        definite: Any = a @ a.T + SIZE * np.eye(SIZE, dtype=kind)
        same(opencv.gemm(a, a, 1.5, a, 0.5), 1.5 * a @ a + 0.5 * a, close)
        for method in (opencv.DECOMP_LU, opencv.DECOMP_SVD, opencv.DECOMP_QR):
            same(a @ opencv.solve(a, b, flags=method)[1], b, close)
        same(opencv.solve(definite, b, flags=opencv.DECOMP_CHOLESKY)[1], np.linalg.solve(definite, b), close)
        tall = a[:, :40]
        same(opencv.solve(tall, b, flags=opencv.DECOMP_QR)[1], np.linalg.lstsq(tall, b, rcond=None)[0], close)
        same(opencv.invert(definite, flags=opencv.DECOMP_CHOLESKY)[1] @ definite, np.eye(SIZE), close)
        same(opencv.SVDecomp(a)[0].ravel(), np.linalg.svd(a, compute_uv=False), close)
        same(
            np.float64(opencv.determinant(definite / SIZE)),
            np.linalg.det((definite / SIZE).astype(float)),
            close,
        )
        complex_pair: Any = random.normal(size=(SIZE, SIZE, 2)).astype(kind)
        product = opencv.gemm(complex_pair, complex_pair, 1, None, 0)
        whole = complex_pair[..., 0] + 1j * complex_pair[..., 1]
        same(product[..., 0] + 1j * product[..., 1], whole @ whole, close)
    values = np.sort(opencv.eigenNonSymmetric(definite)[0].ravel())
    same(values, np.linalg.eigvalsh(definite), 1e-6)


def same(found: object, expected: object, close: float) -> None:
    """Compare relative to the largest value."""
    a, b = np.asarray(found), np.asarray(expected)
    assert np.abs(a - b).max() <= close * max(1.0, float(np.abs(b).max())), (a, b)


if __name__ == "__main__":
    main()
