package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// The kinds of session.
const (
	browser = "browser" // the secret is in a cookie
	program = "token"   // the secret is in a JWT
)

// A cookie with the prefix is one that this host set over https: neither a
// neighbour on a subdomain nor somebody on the line can put another in its
// place. Browsers take it by https only, so plain http has the bare name.
const (
	cookieName = "pulse_session"
	hostPrefix = "__Host-"
)

const (
	idleTime  = 30 * 24 * time.Hour  // a browser's session ends when it is not used for so long
	totalTime = 180 * 24 * time.Hour // and so long after the sign-in in any case
	tokenTime = 7 * 24 * time.Hour   // a token's session ends with the token
	touchTime = time.Minute          // how exactly last_used_at is kept

	maxSessions = 200 // of a person; the oldest end
)

// newSecret makes 256 random bits.
func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashOf is what the database keeps of a secret, and finds it by. With the kind
// in it, a secret of one kind opens nothing of another. It need not be slow:
// nobody can try all secrets.
func hashOf(kind, secret string) string {
	sum := sha256.Sum256([]byte(kind + " " + secret))
	return hex.EncodeToString(sum[:])
}

// sessionCookie is what signs a browser in. It lives as long as a session can;
// whether the session still does, the database says.
func (r *Room) sessionCookie(ctx context.Context, secret string) http.Cookie {
	return r.cookie(ctx, cookieName, secret, totalTime)
}

func (r *Room) cookie(ctx context.Context, name, value string, lifetime time.Duration) http.Cookie {
	return http.Cookie{ //nolint:gosec // Secure as far as the way to us is
		Name: r.onHost(ctx, name), Value: value, Path: "/", MaxAge: int(lifetime / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.overTLS(ctx),
	}
}

func (r *Room) overTLS(ctx context.Context) bool { return r.secure || httpd.ClientOf(ctx).Secure }

// onHost is what a cookie of ours is called for this client.
func (r *Room) onHost(ctx context.Context, name string) string {
	if r.overTLS(ctx) {
		return hostPrefix + name
	}
	return name
}

// openSecret is the secret of the session that the request's cookie names; ""
// without one.
func (r *Room) openSecret(ctx context.Context) string {
	return httpd.CookieOf(ctx, r.onHost(ctx, cookieName))
}

func (r *Room) noCookie(ctx context.Context) http.Cookie {
	c := r.sessionCookie(ctx, "") //nolint:gosec // as sessionCookie has it
	c.MaxAge = -1
	return c
}

// openSession adds a session inside the caller's transaction and gives its
// secret. What is left of the person's ended sessions goes at the same time.
func (r *Room) openSession(ctx context.Context, q *query.Queries, userID, kind string, lifetime time.Duration) (string, error) {
	return r.openSessionOf(ctx, q, userID, kind, lifetime, r.now())
}

// openSessionOf is openSession for somebody who showed who they are at another
// time; the zero time: not really.
func (r *Room) openSessionOf(ctx context.Context, q *query.Queries, userID, kind string, lifetime time.Duration, confirmed time.Time) (string, error) {
	client, now, secret := httpd.ClientOf(ctx), r.now(), newSecret()
	if _, err := q.DeleteExpiredSessionsOfUser(ctx, query.DeleteExpiredSessionsOfUserParams{UserID: userID, Now: store.Millis(now)}); err != nil {
		return "", fmt.Errorf("account: ended sessions of user %s: %w", userID, err)
	}
	err := q.InsertSession(ctx, query.InsertSessionParams{
		ID: store.NewID(), UserID: userID, Kind: kind, TokenHash: hashOf(kind, secret), UserAgent: client.UserAgent, Address: client.Address,
		CreatedAt: store.Millis(now), LastUsedAt: store.Millis(now), ExpiresAt: store.Millis(now.Add(lifetime)), ConfirmedAt: max(0, store.Millis(confirmed)),
	})
	if err != nil {
		return "", fmt.Errorf("account: session of user %s: %w", userID, err)
	}
	if _, err := q.TrimSessions(ctx, query.TrimSessionsParams{UserID: userID, Limit: maxSessions}); err != nil {
		return "", fmt.Errorf("account: oldest sessions of user %s: %w", userID, err)
	}
	return secret, nil
}

// Authenticate finds out who sent a request. A bearer token is taken before a
// cookie, and alone: a request that carries one is not checked for forgery. ok
// is false for requests with neither, and for sessions and keys that have ended;
// an error means that the database could not be asked.
func (r *Room) Authenticate(req *http.Request) (a actor.Actor, ok bool, err error) {
	ctx := req.Context()
	if scheme, token, found := strings.Cut(req.Header.Get("Authorization"), " "); found && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(token)
		if strings.HasPrefix(token, keyPrefix) {
			return r.byKey(ctx, token)
		}
		secret, userID, ok := r.tokens.read(token)
		if !ok {
			return actor.Actor{}, false, nil
		}
		return r.bySession(ctx, program, secret, userID)
	}
	c, err := req.Cookie(r.onHost(ctx, cookieName))
	if err != nil || c.Value == "" {
		return actor.Actor{}, false, nil //nolint:nilerr // no cookie: nobody
	}
	return r.bySession(ctx, browser, c.Value, "")
}

// bySession finds the person of a session. userID is whose it has to be; "" for
// anybody's.
func (r *Room) bySession(ctx context.Context, kind, secret, userID string) (a actor.Actor, ok bool, err error) {
	now := store.Millis(r.now())
	s, err := r.db.Read().GetSession(ctx, query.GetSessionParams{TokenHash: hashOf(kind, secret), Now: now})
	if store.NotFound(err) || err == nil && userID != "" && userID != s.UserID {
		return actor.Actor{}, false, nil
	}
	if err != nil {
		return actor.Actor{}, false, fmt.Errorf("account: look up a session: %w", err)
	}
	if now-s.LastUsedAt >= touchTime.Milliseconds() {
		r.touch(ctx, s, kind, now)
	}
	return actor.Actor{
		ID: s.UserID, SessionID: s.SessionID, Email: s.Email, Admin: s.IsAdmin, Plan: s.Plan, Anchor: store.Time(s.AnchorAt),
		ConfirmedAt: store.Time(s.ConfirmedAt),
	}, true, nil
}

// touch notes that a session was used, and lets a browser's live on. A failure
// must not keep people out who are signed in: with a full disk they can still
// read.
func (r *Room) touch(ctx context.Context, s query.GetSessionRow, kind string, now int64) {
	expires := s.ExpiresAt
	if kind == browser {
		expires = min(now+idleTime.Milliseconds(), s.CreatedAt+totalTime.Milliseconds())
	}
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		_, err := q.TouchSession(ctx, query.TouchSessionParams{
			ID: s.SessionID, UserID: s.UserID, Now: now, ExpiresAt: expires, Seen: s.LastUsedAt,
		})
		return err
	})
	if err != nil {
		r.log.WarnContext(ctx, "the use of a session was not noted", "session_id", s.SessionID, "error", err)
	}
}
