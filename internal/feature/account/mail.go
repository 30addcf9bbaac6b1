package account

import (
	"context"
	"fmt"
	"time"

	"pulse/internal/fault"
	"pulse/internal/mail"
	"pulse/internal/rate"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// How often an address is written to, whoever asks for it, and how often one
// network or one person may ask. Notes that tell an owner what was done count for
// themselves, so that nobody can use up their number first.
var (
	mailsToAddress = rate.Limit{Name: "mails-to-address", Burst: 3, Interval: time.Hour}
	notesToAddress = rate.Limit{Name: "notes-to-address", Burst: 3, Interval: time.Hour}
	mailsAsked     = rate.Limit{Name: "mails-asked", Burst: 60, Interval: 10 * time.Second}
)

// post is what the room writes to people with.
type post struct {
	outbox    *mail.Outbox // nil: no e-mail is sent
	publicURL string       // what links begin with
	links     *rate.Limiter
	notes     *rate.Limiter
	asked     *rate.Limiter
}

func newPost(o Options) post {
	return post{o.Outbox, o.PublicURL, o.Limits.Limiter(mailsToAddress), o.Limits.Limiter(notesToAddress), o.Limits.Limiter(mailsAsked)}
}

// configured tells that e-mail can be sent.
func (p post) configured() bool { return p.outbox != nil }

// mayAsk counts who makes us write to addresses. It is RateLimited after too many.
func (p post) mayAsk(ctx context.Context, who string) error {
	if s := p.asked.Take(ctx, who); !s.Taken {
		return errTooManyMails(s.Wait)
	}
	return nil
}

func errTooManyMails(wait time.Duration) error {
	f := fault.New(fault.RateLimited, "Too many e-mails were asked for. Look into your mailbox, or wait a while before the next one.")
	f.Type, f.RetryAfter = "too_many_mails", wait
	return f
}

// put writes and sends in the background: whoever asked for it waits for nothing,
// and cannot tell whether there is anybody. What an address gets too often is
// dropped.
func (p post) put(what string, limit *rate.Limiter, address email, write mail.Letter) {
	if !p.configured() {
		return
	}
	p.outbox.Put(what, func(ctx context.Context) ([]mail.Message, error) {
		if s := limit.Take(ctx, address.key); !s.Taken {
			return nil, nil
		}
		return write(ctx)
	})
}

// tell writes a note to a person about what was done to their account; to an
// e-mail that nobody has verified it may be a stranger's, and is not written.
func (p post) tell(what string, u query.User, text func(publicURL string) letter) {
	if !u.IsVerified {
		return
	}
	p.put(what, p.notes, email{u.Email, u.EmailKey}, func(context.Context) ([]mail.Message, error) {
		return []mail.Message{text(p.publicURL).to(u.Email)}, nil
	})
}

// What a link is for. Those to reset prove who a person is, and need no
// sign-in; the others only count for a person who is signed in.
const (
	resetLink  = "reset"
	verifyLink = "verify" // shows that a person reads the e-mail of their account
	changeLink = "change" // gives an account another e-mail
)

const linkKind = "e-mail" // for hashOf

// linkPages are where links lead to, and linkTimes how long they are good.
var (
	linkPages = map[string]string{resetLink: "/reset", verifyLink: "/verify", changeLink: "/verify"}
	linkTimes = map[string]time.Duration{resetLink: time.Hour, verifyLink: 24 * time.Hour, changeLink: 24 * time.Hour}
)

// newLink makes a link that is sent to an address; "" for one that is not sent.
// The person's earlier ones for the same end with it. It fails with store.NotFound
// for whoever is gone or deactivated.
func (r *Room) newLink(ctx context.Context, userID, purpose, address string) (string, error) {
	var link string
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		if _, err := q.LockUser(ctx, userID); err != nil {
			return fmt.Errorf("account: a link for user %s: %w", userID, err)
		}
		link, err = r.insertLink(ctx, q, userID, purpose, address)
		return err
	})
	return link, err
}

// insertLink is newLink inside the caller's transaction, which holds the person's
// row. The secret is in the fragment, which no browser sends: neither a server's
// log nor a Referer gets to see it.
func (r *Room) insertLink(ctx context.Context, q *query.Queries, userID, purpose, address string) (string, error) {
	now, secret := r.now(), newSecret()
	if _, err := q.SweepEmailTokens(ctx, store.Millis(now)); err != nil {
		return "", fmt.Errorf("account: expired links: %w", err)
	}
	if _, err := q.DeleteEmailTokens(ctx, query.DeleteEmailTokensParams{UserID: userID, Purpose: purpose}); err != nil {
		return "", fmt.Errorf("account: earlier links of user %s: %w", userID, err)
	}
	err := q.InsertEmailToken(ctx, query.InsertEmailTokenParams{
		TokenHash: hashOf(linkKind, secret), UserID: userID, Purpose: purpose, Email: address,
		CreatedAt: store.Millis(now), ExpiresAt: store.Millis(now.Add(linkTimes[purpose])),
	})
	if err != nil {
		return "", fmt.Errorf("account: a link for user %s: %w", userID, err)
	}
	return r.post.publicURL + linkPages[purpose] + "#" + secret, nil
}

// link finds what a link is for, of the purposes that count here. It is Invalid
// for one that is wrong, was used or has expired.
func (r *Room) link(ctx context.Context, q *query.Queries, secret string, purposes ...string) (query.EmailToken, error) {
	for _, purpose := range purposes {
		t, err := q.GetEmailToken(ctx, query.GetEmailTokenParams{TokenHash: hashOf(linkKind, secret), Purpose: purpose, Now: store.Millis(r.now())})
		if err == nil || !store.NotFound(err) {
			return t, err
		}
	}
	return query.EmailToken{}, errLinkExpired()
}

// takeLink uses a link up. Of two who do so at the same moment, one comes too
// late: for them it is as for a wrong one.
func (r *Room) takeLink(ctx context.Context, q *query.Queries, t query.EmailToken) error {
	_, err := q.TakeEmailToken(ctx, query.TakeEmailTokenParams{TokenHash: t.TokenHash, Purpose: t.Purpose, Now: store.Millis(r.now())})
	if store.NotFound(err) {
		return errLinkExpired()
	}
	return err
}

func errLinkExpired() error {
	f := fault.New(fault.Invalid, "This link has expired or was used before. Please ask for a new one.")
	f.Type = "link_expired"
	return f
}

func errNoMail() error {
	f := fault.New(fault.Conflict, "This Pulse sends no e-mail. Ask your administrator.")
	f.Type = "no_mail"
	return f
}

// sendVerification writes to a person's e-mail, so that they can show that they
// read it.
func (r *Room) sendVerification(u query.User) {
	r.post.put("a link to verify an e-mail", r.post.links, email{u.Email, u.EmailKey}, r.verification(u))
}

func (r *Room) verification(u query.User) mail.Letter {
	return func(ctx context.Context) ([]mail.Message, error) {
		link, err := r.newLink(ctx, u.ID, verifyLink, u.Email)
		if store.NotFound(err) {
			return nil, nil
		}
		return []mail.Message{verifyLetter(r.post.publicURL, link).to(u.Email)}, err
	}
}
