package mail

import (
	"bytes"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-message/mail"
	"golang.org/x/net/idna"
)

// Message is plain text for one person.
type Message struct {
	To      string // an address without a name
	Subject string
	Text    string
}

// envelope is a message as it goes over the wire.
type envelope struct {
	from, to string
	utf8     bool // a mailbox is written in other letters than ASCII's
	data     []byte
}

// write makes a message ready. What would end a line of the header ends the
// attempt.
func write(from netmail.Address, m Message, now time.Time) (envelope, error) {
	to, err := netmail.ParseAddress(m.To)
	if err != nil || to.Address != m.To || to.Name != "" {
		return envelope{}, errors.New("the recipient is no e-mail address")
	}
	if strings.ContainsFunc(m.To, unprintable) || strings.ContainsFunc(m.Subject, unprintable) {
		return envelope{}, errors.New("the recipient or the subject has a control character")
	}
	for _, a := range []*netmail.Address{&from, to} {
		if a.Address, err = asciiDomain(a.Address); err != nil {
			return envelope{}, err
		}
	}
	var h mail.Header
	h.SetAddressList("From", []*mail.Address{&from})
	h.SetAddressList("To", []*mail.Address{to})
	h.SetSubject(m.Subject)
	h.SetDate(now)
	if err := h.GenerateMessageIDWithHostname(domainOf(from.Address)); err != nil {
		return envelope{}, fmt.Errorf("a message's id: %w", err)
	}
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence is told to us
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	var data bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&data, h)
	if err != nil {
		return envelope{}, fmt.Errorf("a message's header: %w", err)
	}
	if _, err := w.Write([]byte(m.Text)); err != nil {
		return envelope{}, fmt.Errorf("a message's text: %w", err)
	}
	if err := w.Close(); err != nil {
		return envelope{}, fmt.Errorf("a message's end: %w", err)
	}
	return envelope{from: from.Address, to: to.Address, utf8: !ascii(from.Address) || !ascii(to.Address), data: data.Bytes()}, nil
}

func unprintable(c rune) bool { return unicode.IsControl(c) || c == unicode.ReplacementChar }

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > unicode.MaxASCII })
}

// asciiDomain writes the domain of an address as every mail server knows it. The
// part before the @ has no such form.
func asciiDomain(address string) (string, error) {
	if ascii(address) {
		return address, nil
	}
	at := strings.LastIndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", errors.New("the domain of an e-mail address is none") // the cause quotes it
	}
	return address[:at+1] + domain, nil
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
