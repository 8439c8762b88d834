"""How the executable is made and measured; `build.spec` and the Makefile call it. No part of the program."""
