# What a person and CI run. `make` lists it. Needed: Go 1.26, Node 20.19 or newer, make.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# Tools live in .tools, one file a version; a new version here is installed when
# it is next needed. They are built by the toolchain that builds Pulse.
GOLANGCI_LINT := .tools/golangci-lint-v2.15.0
GOTESTSUM := .tools/gotestsum-v1.13.0
SQLC := .tools/sqlc-v1.30.0
VERSITYGW := .tools/versitygw-v1.8.0# a store that speaks S3, for tests (internal/blob/blobtest names it, too)

.PHONY: help run build page check test bench lint lint-go lint-page test-go test-page budget e2e format generate hooks clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2 }' Makefile

run: build ## build everything and serve it on http://localhost:8080, with its data in ./data
	@exec bin/pulse serve

build: page ## build the page and bin/pulse
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/pulse ./cmd/pulse

page: web/dist/index.html

check: web/node_modules/.installed $(VERSITYGW) ## the inner loop: format, vet, quick tests on SQLite, types and tests of the page
	@unformatted=$$(gofmt -l cmd internal web/embed.go); [ -z "$$unformatted" ] || { echo "not formatted, make format does it:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go test -short ./...
	cd web && npm run check && npm test

test: ## everything that CI runs; installs what it needs
	@scripts/test.sh

bench: build $(VERSITYGW) ## the benchmarks, with allocations, then the whole program beside a floor (docs/performance.md); of the page: make e2e, cd web, npm run bench
	go test -run '^$$' -bench . -benchmem ./...
	go run ./cmd/bench

lint: lint-go lint-page ## golangci-lint and Biome

lint-go: $(GOLANGCI_LINT)
	$(GOLANGCI_LINT) run ./...

lint-page: web/node_modules/.installed
	cd web && npm run lint && npm run check

test-go: $(GOTESTSUM) $(VERSITYGW) ## all Go tests with the race detector, on SQLite and on PostgreSQL
	@mkdir -p .test
	CI=1 $(GOTESTSUM) --format standard-quiet --junitfile .test/go.xml -- -race -timeout 8m ./...

test-page: web/node_modules/.installed ## the page's unit tests
	cd web && npm test -- --reporter=default --reporter=junit --outputFile.junit=../.test/page.xml

budget: page ## what a first visit to the page transfers, held against its budget
	cd web && npm run budget

e2e: build ## the whole product in a browser
	go build -o bin/standin ./cmd/standin
	cd web && PLAYWRIGHT_JUNIT_OUTPUT_FILE=../.test/e2e.xml npm run e2e -- --reporter=list,junit

format: $(GOLANGCI_LINT) web/node_modules/.installed ## format Go and the page
	$(GOLANGCI_LINT) fmt
	cd web && npm run format

generate: $(SQLC) web/node_modules/.installed ## queries, OpenAPI document, the page's types, configuration documents
	$(SQLC) generate
	go test ./internal/config -update
	go run ./cmd/pulse openapi > docs/openapi.json
	cd web && npm run api

hooks: ## check commits before they are made
	git config core.hooksPath .githooks

clean: ## remove what was built and measured; tools and data stay
	rm -rf bin .test web/node_modules web/test-results web/playwright-report
	find web/dist -mindepth 1 ! -name placeholder.txt -delete

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.installed $(shell find web/src web/public web/*.html web/vite.config.ts -type f 2>/dev/null)
	cd web && npm run build
	@touch $@

$(GOLANGCI_LINT): PACKAGE = github.com/golangci/golangci-lint/v2/cmd/golangci-lint
$(GOTESTSUM): PACKAGE = gotest.tools/gotestsum
$(SQLC): PACKAGE = github.com/sqlc-dev/sqlc/cmd/sqlc
$(VERSITYGW): PACKAGE = github.com/versity/versitygw/cmd/versitygw

.tools/%:
	@scripts/tool.sh $(PACKAGE) $@
