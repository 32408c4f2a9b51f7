# For those who type `make`: everything is done by start.py, on every system.
.PHONY: rehearse test

rehearse test:
	python3 start.py $@
