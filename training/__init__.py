"""The workshop: data sets, training, evaluation, export. Needs `make train-env`; the app never imports it."""
