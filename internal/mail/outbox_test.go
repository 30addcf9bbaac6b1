package mail

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a server that takes its time and answers as it is told.
type slow struct {
	takes  time.Duration
	answer func(attempt int, m Message) error

	mu       sync.Mutex
	attempts map[string]int
	sent     []string
	now      int
	most     int
}

func (s *slow) send(ctx context.Context, m Message) error {
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	if s.attempts == nil {
		s.attempts = map[string]int{}
	}
	s.attempts[m.To]++
	attempt := s.attempts[m.To]
	s.mu.Unlock()
	err := error(nil)
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		err = &Error{Step: "DATA", cause: ctx.Err()}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
	if err == nil && s.answer != nil {
		err = s.answer(attempt, m)
	}
	if err == nil {
		s.sent = append(s.sent, m.To)
	}
	return err
}

func (s *slow) got() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(slices.Sorted(slices.Values(s.sent)), " ")
}

func to(addresses ...string) Letter {
	return func(context.Context) ([]Message, error) {
		list := make([]Message, 0, len(addresses))
		for _, a := range addresses {
			list = append(list, Message{To: a, Text: "https://pulse.example.com/reset#secret"})
		}
		return list, nil
	}
}

func logged() (*slog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}

func TestPutDoesNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{takes: time.Minute}
		log, _ := logged()
		o := newOutbox(s.send, log, usualPauses())
		begun := time.Now()
		for range 20 {
			o.Put("a test", to("a", "b"))
		}
		if took := time.Since(begun); took != 0 {
			t.Errorf("it took %v", took)
		}
		o.Stop(t.Context())
		if len(s.sent) != 40 || s.most != maxSending {
			t.Errorf("%d were sent, at most %d at once", len(s.sent), s.most)
		}
	})
}

// What is refused for now is tried again, with longer and longer pauses, and keeps
// nobody else waiting; what is refused for good is not.
func TestAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		busy, never := &Error{Step: "RCPT", cause: errors.New("451")}, &Error{Step: "RCPT", Permanent: true, cause: errors.New("550")}
		s := &slow{answer: func(attempt int, m Message) error {
			switch {
			case m.To == "never":
				return never
			case m.To == "always busy", m.To == "busy" && attempt < 3:
				return busy
			case m.To == "odd" && attempt == 1:
				return errors.New("odd")
			}
			return nil
		}}
		log, text := logged()
		o := newOutbox(s.send, log, usualPauses())
		for _, a := range []string{"never", "always busy", "busy", "odd", "fine"} {
			o.Put("a test", to(a))
		}
		synctest.Wait()
		if got := s.got(); got != "fine" {
			t.Errorf("at once: %s", got)
		}
		time.Sleep(10 * time.Second)
		if got := s.got(); got != "fine odd" {
			t.Errorf("soon: %s", got)
		}
		time.Sleep(time.Hour)
		o.Stop(t.Context())
		if got := s.got(); got != "busy fine odd" || s.attempts["never"] != 1 || s.attempts["always busy"] != 4 || s.attempts["busy"] != 3 {
			t.Errorf("in the end: %s after %v", got, s.attempts)
		}
		if lines := strings.Count(text.String(), "was not sent"); lines != 2 || strings.Contains(text.String(), "secret") {
			t.Errorf("the log says\n%s", text)
		}
	})
}

func TestLettersThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		log, text := logged()
		o := newOutbox(s.send, log, usualPauses())
		o.Put("a test", func(context.Context) ([]Message, error) { return nil, errors.New("no database") })
		o.Put("a test", to())
		o.Stop(t.Context())
		if !strings.Contains(text.String(), "no database") || strings.Count(text.String(), "\n") != 1 || len(s.attempts) != 0 {
			t.Errorf("the log says\n%s", text)
		}
	})
}

// At the end, what waits for another attempt gets it at once, and the last one;
// what is not done by then is dropped and nothing goes on.
func TestStop(t *testing.T) {
	t.Parallel()
	busy := &Error{Step: "RCPT", cause: errors.New("451")}
	t.Run("in time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := &slow{takes: time.Second, answer: func(attempt int, m Message) error {
				if m.To == "always busy" || attempt == 1 {
					return busy
				}
				return nil
			}}
			log, text := logged()
			o := newOutbox(s.send, log, []time.Duration{time.Hour, time.Hour})
			o.Put("a test", to("a"))
			o.Put("a test", to("always busy"))
			time.Sleep(time.Minute)
			o.Put("a test", to("just now"))
			begun := time.Now()
			o.Stop(t.Context())
			if took := time.Since(begun); s.got() != "a just now" || took != 2*time.Second || s.attempts["always busy"] != 2 {
				t.Errorf("%s, after %v and %v", s.got(), took, s.attempts)
			}
			o.Put("a test", to("too late"))
			o.Stop(t.Context())
			if got := s.got(); got != "a just now" || !strings.Contains(text.String(), "stopping") {
				t.Errorf("%s; the log says\n%s", got, text)
			}
		})
	})
	t.Run("late", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := &slow{takes: time.Hour}
			log, text := logged()
			o := newOutbox(s.send, log, usualPauses())
			for range 10 {
				o.Put("a test", to("a", "b"))
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			begun := time.Now()
			o.Stop(ctx)
			if took := time.Since(begun); took != 30*time.Second || s.got() != "" || strings.Count(text.String(), "was not ") < 10 {
				t.Errorf("%s after %v; the log says\n%s", s.got(), took, text)
			}
		})
	})
}

func TestOnlySoManyWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{takes: time.Second}
		log, text := logged()
		o := newOutbox(s.send, log, usualPauses())
		for range maxWaiting + 5 {
			o.Put("a test", to("a"))
		}
		time.Sleep(time.Hour)
		o.Put("a test", to("later"))
		o.Stop(t.Context())
		if len(s.sent) != maxWaiting+1 || strings.Count(text.String(), "too many") != 5 {
			t.Errorf("%d were sent; the log says\n%s", len(s.sent), text)
		}
	})
}
