package account

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"pulse/internal/change"
	"pulse/internal/fetch"
	"pulse/internal/mail"
	"pulse/internal/rate"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// Options are what the room works with.
type Options struct {
	DB     *store.DB
	Ledger *usage.Ledger
	// Changes is told who is signed out, so that their feeds end; nil: nobody is.
	Changes *change.Feed
	// DefaultPlan is the key of the plan that new people are on.
	DefaultPlan string
	// RegistrationOpen lets people make accounts themselves.
	RegistrationOpen bool
	// Secure tells that people reach Pulse by https only: cookies then travel
	// by nothing else.
	Secure bool
	// Limits is where wrong passwords are counted; nil: in this process's memory.
	Limits *rate.Limits
	// Outbox sends e-mail; nil: none is sent.
	Outbox *mail.Outbox
	// PublicURL is what links in e-mails begin with, and where the issuer sends
	// people back to.
	PublicURL string
	// Issuer is where people can sign in, too; nil: nowhere.
	Issuer *Issuer
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// Room keeps accounts.
type Room struct {
	db          *store.DB
	ledger      *usage.Ledger
	changes     *change.Feed
	defaultPlan string
	open        bool
	secure      bool
	publicURL   string
	log         *slog.Logger
	now         func() time.Time

	tokens   *tokenIssuer
	hasher   *hasher
	throttle throttle
	post     post
	issuer   *issuer // nil: none is set up
	pictures pictures

	rooms   []Keeper      // what else people have here
	deleted chan struct{} // wakes Keep
	exports exports
}

// New makes the room. It reads the key that tokens are signed with from the
// database, or makes one on the first start.
func New(ctx context.Context, o Options) (*Room, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Limits == nil {
		o.Limits = rate.New(rate.Options{Now: o.Now})
	}
	key, err := signingKey(ctx, o.DB, o.Now())
	if err != nil {
		return nil, fmt.Errorf("account: the key for tokens: %w", err)
	}
	return &Room{
		db: o.DB, ledger: o.Ledger, changes: o.Changes, defaultPlan: o.DefaultPlan, open: o.RegistrationOpen, secure: o.Secure, log: o.Log, now: o.Now,
		tokens:   &tokenIssuer{key: key, now: o.Now},
		hasher:   newHasher(),
		throttle: newThrottle(o.Limits),
		post:     newPost(o), publicURL: o.PublicURL, issuer: newIssuer(o.Issuer, o.Now),
		pictures: pictures{queue: make(chan wanted, pictureQueue), get: fetch.New(fetch.Options{}).Get},
		deleted:  make(chan struct{}, 1),
	}, nil
}

// User is a person as the API shows them to themselves.
type User struct {
	ID         string `json:"id"`
	Email      string `json:"email"`
	FullName   string `json:"full_name"`
	PictureURL string `json:"picture_url"`
	IsActive   bool   `json:"is_active"`
	IsVerified bool   `json:"is_verified" doc:"The person has shown that they read this e-mail, or somebody such as Google vouches for it"`
	IsAdmin    bool   `json:"is_admin"`
	// HasPassword is false for those who only sign in elsewhere.
	HasPassword bool      `json:"has_password"`
	Plan        string    `json:"plan" doc:"The plan's key"`
	CreatedAt   time.Time `json:"created_at"`
}

func userOf(u query.User) User {
	return User{
		ID: u.ID, Email: u.Email, FullName: u.FullName, PictureURL: shownPicture(u.PictureUrl), IsActive: u.IsActive,
		IsVerified: u.IsVerified, IsAdmin: u.IsAdmin, HasPassword: u.PasswordHash != "", Plan: u.Plan, CreatedAt: store.Time(u.CreatedAt),
	}
}
