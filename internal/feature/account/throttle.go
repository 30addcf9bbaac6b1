package account

import (
	"context"
	"time"

	"pulse/internal/fault"
	"pulse/internal/rate"
)

// How many wrong passwords are let through, and how soon another one after those:
// for one e-mail from one network, so that whoever guesses there does not shut out
// the owner elsewhere; for one e-mail from anywhere, so that many networks together
// do not find it out (ASVS 6.3.1); and for one network to any e-mails.
var (
	nearFailures    = rate.Limit{Name: "wrong-by-account-and-network", Burst: 10, Interval: time.Minute}
	accountFailures = rate.Limit{Name: "wrong-by-account", Burst: 100, Interval: 36 * time.Second}
	networkFailures = rate.Limit{Name: "wrong-by-network", Burst: 100, Interval: 3 * time.Second}
)

// throttle counts wrong passwords, of all processes on one database together.
type throttle struct{ near, accounts, networks *rate.Limiter }

func newThrottle(limits *rate.Limits) throttle {
	return throttle{limits.Limiter(nearFailures), limits.Limiter(accountFailures), limits.Limiter(networkFailures)}
}

// counted is a limit with the key that a guess counts under.
type counted struct {
	*rate.Limiter

	key string
}

// guess lets somebody who says to be an account try a password, unless too many
// from the network or for the account were wrong: then it is RateLimited. Each
// is counted before its outcome is known, so that many at the same moment are
// not more than many in a row; only what is wrong stays counted, and what is
// right forgives the account what was wrong in the same network. network is ""
// for those whom a network is not to shut out: they are signed in.
func (t throttle) guess(ctx context.Context, network, account string, check func() (right bool, err error)) (bool, error) {
	limits := []counted{{t.near, nearKey(network, account)}, {t.accounts, account}}
	if network != "" {
		limits = append(limits, counted{t.networks, network})
	}
	giveBack := func(taken []counted) {
		for _, l := range taken {
			l.GiveBack(ctx, l.key)
		}
	}
	for i, l := range limits {
		if s := l.Take(ctx, l.key); !s.Taken {
			giveBack(limits[:i]) // nothing was tried
			return false, errTooManyGuesses(s.Wait)
		}
	}
	right, err := check()
	if right || err != nil {
		giveBack(limits)
	}
	if right && err == nil {
		t.near.Forget(ctx, nearKey(network, account))
	}
	return right, err
}

// forgive forgets what was wrong for an account, from anywhere and from a network.
func (t throttle) forgive(ctx context.Context, network, account string) {
	t.near.Forget(ctx, nearKey(network, account))
	t.accounts.Forget(ctx, account)
}

func nearKey(network, account string) string { return account + " from " + network }

func errTooManyGuesses(wait time.Duration) error {
	f := fault.New(fault.RateLimited, "Too many wrong passwords. Wait a moment before the next one.")
	f.Type, f.RetryAfter = "too_many_sign_ins", wait
	return f
}
