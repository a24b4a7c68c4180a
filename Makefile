# Each target is one line over a CMake preset or a script in tools/, so that an IDE or a shell can do the same.
.DEFAULT_GOAL := help
.PHONY: help build test integration sim sim-mutants golden crds fmt fmt-check tidy bench dev demo kubernetes ci hooks clean

help:        ## this list
	@sed -n 's/^\([a-z-]*\): *## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'
build:       ## builds everything with sanitizers (preset dev)
	@tools/build dev
test:        ## all tests on every backend that can be had here; T=WorkQueue.* only these unit tests
	@tools/test $(if $(T),'$(T)')
integration: ## the integration tests on one backend; BACKEND=embedded|apiserver|cluster, T=a filter
	@tools/test --backend $(or $(BACKEND),embedded) $(if $(T),'$(T)')
sim:         ## seeds of the simulator: SEEDS=3000 fresh ones, or SECONDS=, from FIRST=; SEED= one, with FAULTS=, BUG=, TRACE=1; COVERAGE=1
	@tools/sim $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(BUG),--bug $(BUG)) $(if $(TRACE),--trace) \
	  $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(FIRST),--first $(FIRST)) $(if $(COVERAGE),--coverage)
sim-mutants: ## plants each known mistake in turn and fails when the simulator misses one; SEEDS= for each at most, FIRST=, BUG=
	@tools/sim --mutants $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST)) $(if $(BUG),--bug $(BUG))
golden:      ## accepts what the tests render as the new golden files; T=a filter. Review the diff like code
	@SEI_ACCEPT_GOLDEN=1 tools/test $(or $(if $(T),'$(T)'),'*')
crds:        ## writes the CRD manifests in config/crd/ from the C++ types
	@tools/crds
fmt:         ## formats every tracked C++ file
	@tools/fmt
fmt-check:   ## names the C++ files that are not formatted, and fails
	@tools/fmt --check
tidy:        ## clang-tidy on the files that differ from HEAD; ALL=1 takes every file
	@tools/tidy $(if $(ALL),--all)
bench:       ## builds and runs the benchmarks; B=a word of their names
	@tools/bench $(B)
dev:         ## the embedded cluster, the operator and a sample, kept running for kubectl
	@tools/demo --keep
demo:        ## shows a fleet come up, be rolled, superseded and deleted, on this machine, as a live tree
	@tools/demo
kubernetes:  ## builds the real API server and controllers for the tests, once, outside the tree
	@tools/kubernetes/build
ci:          ## exactly what CI runs
	@.ci/run
hooks:       ## checks the format before each commit, from now on
	@git config core.hooksPath tools/hooks
clean:       ## removes the build folders
	@rm -rf build
