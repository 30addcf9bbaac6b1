package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A kind reads values of one form. Its errors complete the sentence "NAME …"
// and never quote the value, which may be a secret.
type kind[T any] struct {
	form string // what to write, for people
	read func(string) (T, error)
}

var (
	text       = kind[string]{"text", func(v string) (string, error) { return v, nil }}
	folder     = kind[string]{"a folder", text.read}
	path       = kind[string]{"a file", text.read}
	secret     = kind[Secret]{"a secret", func(v string) (Secret, error) { return Secret(v), nil }}
	webURL     = kind[string]{"an address, `https://…` or `http://…`", readWebURL}
	listenAddr = kind[string]{"`host:port` or `:port`", readListenAddr}
	origins    = kind[[]string]{"origins, separated by commas", readOrigins}
	networks   = kind[[]netip.Prefix]{"addresses or networks, separated by commas", readNetworks}
	level      = kind[slog.Level]{"`debug`, `info`, `warn` or `error`", readLevel}
	seconds    = kind[time.Duration]{"a time such as `30s` or `2m`", readDuration}
	count      = kind[int]{"a whole number, 0 or more", readCount}
	database   = kind[Secret]{"`postgres://…`", readDatabase}
	bucket     = kind[Bucket]{"`s3://bucket/prefix?region=…&endpoint=…&public_endpoint=…&path_style=…`, of which only the bucket is needed", readBucket}
	issuer     = kind[string]{webURL.form, readIssuer}
	mailURL    = kind[Secret]{"`smtp://user:password@host:587` or `smtps://…:465`", readMailURL}
	mailbox    = kind[string]{"an address, with or without a name", readMailbox}
	price      = kind[string]{"`input/output` in US dollars per million tokens", readPrice}
)

// choice is one of a few words.
func choice[T ~string](words ...T) kind[T] {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + string(w) + "`"
	}
	form := strings.Join(quoted, " or ")
	if n := len(quoted); n > 2 {
		form = strings.Join(quoted[:n-1], ", ") + " or " + quoted[n-1]
	}
	return kind[T]{form, func(v string) (T, error) {
		if !slices.Contains(words, T(v)) {
			return "", fmt.Errorf("must be %s", strings.ReplaceAll(form, "`", ""))
		}
		return T(v), nil
	}}
}

// yes is a choice of two words, of which the first means true.
func yes(first, second string) kind[bool] {
	k := choice(first, second)
	return kind[bool]{k.form, func(v string) (bool, error) {
		word, err := k.read(v)
		return word == first, err
	}}
}

// orOff is a kind that can also be "off", its zero value.
func orOff[T any](k kind[T]) kind[T] {
	return kind[T]{k.form + ", or `off`", func(v string) (T, error) {
		if v == "off" {
			var none T
			return none, nil
		}
		return k.read(v)
	}}
}

func readWebURL(v string) (string, error) {
	u, err := url.Parse(v)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return "", errors.New("must be an address such as https://example.com")
	case u.User != nil:
		return "", errors.New("must not hold a user name or password")
	case u.RawQuery != "", u.Fragment != "":
		return "", errors.New("must end before any ? or #")
	}
	return strings.TrimRight(v, "/"), nil
}

// readIssuer keeps the address as it is: an issuer's name ends in a slash or it
// does not, and has to match to the letter.
func readIssuer(v string) (string, error) {
	if _, err := readWebURL(v); err != nil {
		return "", err
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && !near(u.Hostname()) {
		return "", errors.New("must begin with https://: what it says lets people in")
	}
	return v, nil
}

// near tells that a host is this machine, or within one's own walls.
func near(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return !strings.Contains(host, ".") // localhost, or a service's name
	}
	return a.IsLoopback() || a.IsPrivate()
}

func readListenAddr(v string) (string, error) {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return "", errors.New("must be host:port or :port, such as :8080")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", errors.New("must end in a port from 0 to 65535")
	}
	return v, nil
}

// items splits a list at its commas.
func items(v string) []string {
	var list []string
	for item := range strings.SplitSeq(v, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

func readOrigins(v string) ([]string, error) {
	list := items(v)
	for i, item := range list {
		u, err := url.Parse(item)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != item {
			return nil, fmt.Errorf("must be origins such as https://example.com, with no path; number %d is none", i+1)
		}
	}
	return list, nil
}

func readNetworks(v string) ([]netip.Prefix, error) {
	list := items(v)
	networks := make([]netip.Prefix, 0, len(list))
	for i, item := range list {
		network, err := netip.ParsePrefix(item)
		if err != nil {
			var one netip.Addr
			if one, err = netip.ParseAddr(item); err == nil {
				network, err = one.Prefix(one.BitLen())
			}
		}
		if err != nil {
			return nil, fmt.Errorf("must be addresses or networks such as 10.0.0.0/8; number %d is none", i+1)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}

func readLevel(v string) (slog.Level, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	l, ok := levels[v]
	if !ok {
		return 0, errors.New("must be debug, info, warn or error")
	}
	return l, nil
}

func readDuration(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return 0, errors.New("must be a time such as 30s or 2m")
	}
	return d, nil
}

func readCount(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return 0, errors.New("must be a whole number, 0 or more")
	}
	return n, nil
}

func readDatabase(v string) (Secret, error) {
	if !strings.HasPrefix(v, "postgres://") && !strings.HasPrefix(v, "postgresql://") {
		return "", errors.New("must begin with postgres://; leave it empty for SQLite")
	}
	return Secret(v), nil
}

// prices are two amounts of at most three decimals, which the catalogue keeps exactly.
var prices = regexp.MustCompile(`^\d{1,6}(\.\d{1,3})?/\d{1,6}(\.\d{1,3})?$`)

func readPrice(v string) (string, error) {
	if !prices.MatchString(v) {
		return "", errors.New("must be input/output in US dollars per million tokens, such as 0.50/1.50, or 0/0")
	}
	return v, nil
}

func readMailURL(v string) (Secret, error) {
	u, err := url.Parse(v)
	switch {
	case err != nil, u.Scheme != "smtp" && u.Scheme != "smtps", u.Hostname() == "":
		return "", errors.New("must be an address such as smtp://user:password@smtp.example.com:587")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "":
		return "", errors.New("must end after the host and port")
	}
	return Secret(v), nil
}

func readMailbox(v string) (string, error) {
	if _, err := mail.ParseAddress(v); err != nil {
		return "", errors.New("must be an e-mail address such as Pulse <pulse@example.com>")
	}
	return v, nil
}
