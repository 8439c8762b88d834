"""How sure a network may be of what it says."""

import torch
from torch.nn import functional


def fit_temperature(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the temperature at which the mean confidence is the accuracy.

    Temperature scaling is of Guo et al. 2017 (arXiv:1706.04599); that the calibration error decides, here in
    its form with one bin, of Mukhoti et al. 2020 (arXiv:2002.09437). Where labels err, the least
    cross-entropy makes a network say less than it knows.
    """
    candidates = torch.logspace(-1, 1, 401)
    accuracy = (logits.argmax(1) == labels).float().mean()
    confidence = torch.stack([functional.softmax(logits / t, dim=1).amax(1).mean() for t in candidates])
    return float(candidates[(confidence - accuracy).abs().argmin()])
