package account

import (
	"context"
	"time"

	"pulse/internal/fault"
	"pulse/internal/rate"
)

// How many wrong passwords are let through, for one e-mail from anywhere and for
// one network to any e-mails, and how soon another one after those.
var (
	accountFailures = rate.Limit{Name: "wrong-by-account", Burst: 10, Interval: time.Minute}
	networkFailures = rate.Limit{Name: "wrong-by-network", Burst: 100, Interval: 3 * time.Second}
)

// throttle counts wrong passwords, of all processes on one database together.
type throttle struct{ accounts, networks *rate.Limiter }

func newThrottle(limits *rate.Limits) throttle {
	return throttle{limits.Limiter(accountFailures), limits.Limiter(networkFailures)}
}

// guess lets somebody who says to be an account try a password, unless too many
// from the network or for the account were wrong: then it is RateLimited. Each
// is counted before its outcome is known, so that many at the same moment are
// not more than many in a row; only what is wrong stays counted, and what is
// right forgives the account. network is "" for those whom a network is not to
// shut out: they are signed in.
func (t throttle) guess(ctx context.Context, network, account string, check func() (right bool, err error)) (bool, error) {
	if network != "" {
		if s := t.networks.Take(ctx, network); !s.Taken {
			return false, errTooManyGuesses(s.Wait)
		}
	}
	if s := t.accounts.Take(ctx, account); !s.Taken {
		if network != "" {
			t.networks.GiveBack(ctx, network) // nothing was tried
		}
		return false, errTooManyGuesses(s.Wait)
	}
	right, err := check()
	if network != "" && (right || err != nil) {
		t.networks.GiveBack(ctx, network)
	}
	switch {
	case err != nil:
		t.accounts.GiveBack(ctx, account)
	case right:
		t.accounts.Forget(ctx, account)
	}
	return right, err
}

func errTooManyGuesses(wait time.Duration) error {
	f := fault.New(fault.RateLimited, "Too many wrong passwords. Wait a moment before the next one.")
	f.Type, f.RetryAfter = "too_many_sign_ins", wait
	return f
}
