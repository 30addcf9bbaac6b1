package config

import (
	"regexp"
	"slices"
	"strings"
)

// compatSettings are the settings of one server that speaks OpenAI's API. Its
// name is chosen by whoever sets them.
func compatSettings(server string) []setting {
	id := strings.ToLower(strings.ReplaceAll(server, "_", "-"))
	return []setting{
		as(webURL, func(c *Config) *string { return &c.compat(id).URL }, setting{
			name: "PULSE_COMPAT_" + server + "_URL", example: "https://openrouter.ai/api/v1",
			help: "A server that speaks OpenAI's API (vLLM, LM Studio, OpenRouter, …), up to and with its `/v1`. " +
				"Its models are listed as `<name>/<model>`; `NAME` is letters, digits and underscores, for example `OPENROUTER`.",
		}),
		as(secret, func(c *Config) *Secret { return &c.compat(id).Key }, setting{
			name: "PULSE_COMPAT_" + server + "_KEY", help: "The server's key, if it wants one.",
		}),
		as(price, func(c *Config) *string { return &c.compat(id).Price }, setting{
			name: "PULSE_COMPAT_" + server + "_PRICE", example: "0.50/1.50",
			help: "What its models cost, where the catalogue does not know. A model without a price is refused; `0/0` for one's own hardware.",
		}),
	}
}

// compat gives the server with the id, a new one when there is none yet.
func (c *Config) compat(id string) *Compat {
	for i := range c.Compat {
		if c.Compat[i].ID == id {
			return &c.Compat[i]
		}
	}
	c.Compat = append(c.Compat, Compat{ID: id})
	return &c.Compat[len(c.Compat)-1]
}

var compatName = regexp.MustCompile(`^PULSE_COMPAT_([A-Z0-9]+(?:_[A-Z0-9]+)*)_(?:URL|KEY|PRICE)(?:_FILE)?$`)

// compatServers lists the servers that the names of variables speak of.
func compatServers(names []string) []string {
	var servers []string
	for _, name := range names {
		if m := compatName.FindStringSubmatch(name); m != nil {
			servers = append(servers, m[1])
		}
	}
	slices.Sort(servers)
	return slices.Compact(servers)
}

// checkCompat tells what is wrong with a server that was set in parts.
func checkCompat(server string, set func(name string) bool) error {
	switch url := "PULSE_COMPAT_" + server + "_URL"; {
	case !set(url):
		return wrong(url, "is missing: without it nothing else of this server has an effect")
	case server == "OLLAMA":
		return wrong(url, "has the name of the Ollama that Pulse looks for by itself; set PULSE_OLLAMA_URL, or choose another name")
	}
	return nil
}
