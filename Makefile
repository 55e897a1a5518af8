# For developers. Everything here is also a command of ./sofra.
.PHONY: check test bench demo format lock translations

check:
	./sofra check

test:
	./sofra test

bench:
	./sofra bench

demo:
	./sofra demo

format:
	.venv/bin/python -m ruff check --fix
	.venv/bin/python -m ruff format

translations:
	./sofra translations

# New versions of the libraries, locked with their hashes. Needs uv.
lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" $(UPGRADE) \
		pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" $(UPGRADE) \
		-c requirements/run.txt pyproject.toml --group test --group bench -o requirements/test.txt
