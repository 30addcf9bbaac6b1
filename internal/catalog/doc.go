// Package catalog knows the models: what they can do, how much they read and
// write, and what they cost on which day.
//
// All of it stands in one file, catalog.yaml, which is built in; an operator's
// own file is laid over it. Models of servers that only those servers know
// (Ollama, vLLM, …) are added while Pulse runs, with Discover. A model whose
// price nobody has written down has none, and is not served.
package catalog
