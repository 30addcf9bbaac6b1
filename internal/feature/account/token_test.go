package account

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

func TestTokenForPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, browserCookie := h.newcomer("ada@example.com")
		a := h.must(200, nobody, "POST /api/v1/auth/token", account("ada@example.com", password))
		got := decode[map[string]any](t, a)
		token, _ := got["access_token"].(string)
		if got["token_type"] != "bearer" || got["expires_in"] != float64(7*24*60*60) || len(got) != 3 || a.cookie != nil {
			t.Errorf("got %s, cookie %v", a.text, a.cookie)
		}
		if !h.signedIn(bearer(token)) || !h.signedIn(func(r *http.Request) { r.Header.Set("Authorization", "bearer "+token) }) {
			t.Error("the token does not work")
		}
		// A request with a bearer token is not checked for forgery, so the cookie
		// beside it must not count.
		both := func(r *http.Request) { cookie(browserCookie)(r); bearer("x")(r) }
		if h.signedIn(both) {
			t.Error("a cookie counts beside a wrong bearer token")
		}
		other := h.newToken("ada@example.com")
		h.must(204, bearer(token), "POST /api/v1/auth/logout", "")
		if h.signedIn(bearer(token)) {
			t.Error("a revoked token works")
		}
		if !h.signedIn(bearer(other)) || !h.signedIn(cookie(browserCookie)) {
			t.Error("revoking a token ended other sessions")
		}
	})
}

// forger makes tokens with claims that are right but for one thing.
type forger struct {
	t      *testing.T
	claims jwt.MapClaims
}

func (f forger) with(name string, value any) forger {
	claims := maps.Clone(f.claims)
	if claims[name] = value; value == nil {
		delete(claims, name)
	}
	return forger{f.t, claims}
}

func (f forger) sign(method jwt.SigningMethod, key any, header ...string) string {
	f.t.Helper()
	token := jwt.NewWithClaims(method, f.claims)
	for i := 0; i+1 < len(header); i += 2 {
		token.Header[header[i]] = header[i+1]
	}
	text, err := token.SignedString(key)
	if err != nil {
		f.t.Fatal(err)
	}
	return text
}

// ASVS 9.1.2, 9.2.1, 9.2.3; RFC 8725.
func TestTokensThatDoNotCount(t *testing.T) { //nolint:tparallel // what comes after the subtests looks at what they left
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	bob, _ := h.newcomer("bob@example.com")
	good := h.newToken("ada@example.com")
	parts := strings.Split(good, ".")
	var claims jwt.MapClaims
	if _, _, err := jwt.NewParser().ParseUnverified(good, &claims); err != nil {
		t.Fatal(err)
	}
	forge, key, hs256 := forger{t, claims}, h.tokens.key, jwt.SigningMethodHS256
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := h.clock.now()
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	payload := func(from, to string) string {
		raw, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || !strings.Contains(string(raw), from) {
			t.Fatalf("%v in %s", err, raw)
		}
		return parts[0] + "." + header(strings.Replace(string(raw), from, to, 1)) + "." + parts[2]
	}
	if !h.signedIn(bearer(good)) || !h.signedIn(bearer(forge.sign(hs256, key))) {
		t.Fatal("the forger's own tokens are not good")
	}
	for name, token := range map[string]string{ //nolint:paralleltest // as above
		"empty":                         "",
		"not a token":                   "x",
		"three dots":                    "...",
		"no signature":                  parts[0] + "." + parts[1] + ".",
		"no third part":                 parts[0] + "." + parts[1],
		"a fourth part":                 good + ".x",
		"alg none":                      forge.sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"alg None":                      header(`{"alg":"None","typ":"JWT"}`) + "." + parts[1] + ".",
		"alg none, signed":              header(`{"alg":"none"}`) + "." + parts[1] + "." + parts[2],
		"no alg":                        header(`{"typ":"JWT"}`) + "." + parts[1] + "." + parts[2],
		"RS256":                         forge.sign(jwt.SigningMethodRS256, rsaKey),
		"RS256 over our signature":      header(`{"alg":"RS256"}`) + "." + parts[1] + "." + parts[2],
		"PS256":                         forge.sign(jwt.SigningMethodPS256, rsaKey),
		"HS384 with our key":            forge.sign(jwt.SigningMethodHS384, key),
		"HS512 with our key":            forge.sign(jwt.SigningMethodHS512, key),
		"HS256 with another key":        forge.sign(hs256, []byte(strings.Repeat("k", 32))),
		"HS256 with no key":             forge.sign(hs256, []byte{}),
		"HS256 with the key's text":     forge.sign(hs256, []byte(base64.RawStdEncoding.EncodeToString(key))),
		"another key named by kid":      forge.sign(hs256, []byte("k"), "kid", "/dev/null"),
		"another key named by jku":      forge.sign(jwt.SigningMethodRS256, rsaKey, "jku", "https://evil.example/keys"),
		"expired":                       forge.with("exp", now.Unix()-1).sign(hs256, key),
		"expires at this moment":        forge.with("exp", now.Add(-time.Second).Unix()).sign(hs256, key),
		"no expiry":                     forge.with("exp", nil).sign(hs256, key),
		"expiry as text":                forge.with("exp", "never").sign(hs256, key),
		"issued in the future":          forge.with("iat", now.Add(time.Hour).Unix()).sign(hs256, key),
		"not valid yet":                 forge.with("nbf", now.Add(time.Hour).Unix()).sign(hs256, key),
		"another audience":              forge.with("aud", "pulse-web").sign(hs256, key),
		"no audience":                   forge.with("aud", nil).sign(hs256, key),
		"another issuer":                forge.with("iss", "https://accounts.google.com").sign(hs256, key),
		"no issuer":                     forge.with("iss", nil).sign(hs256, key),
		"another person's id":           forge.with("sub", bob.ID).sign(hs256, key),
		"no person":                     forge.with("sub", nil).sign(hs256, key),
		"no session":                    forge.with("jti", nil).sign(hs256, key),
		"a session that never was":      forge.with("jti", "x").sign(hs256, key),
		"a browser's session":           forge.with("jti", c.Value).sign(hs256, key),
		"the secret's hash":             forge.with("jti", hashOf(program, claims["jti"].(string))).sign(hs256, key), //nolint:forcetypeassert // our own
		"the cookie's secret":           c.Value,
		"changed claims":                payload(`"sub":"`, `"sub":"`+bob.ID),
		"a claim twice":                 payload(`{`, `{"sub":"`+bob.ID+`",`),
		"a changed signature":           parts[0] + "." + parts[1] + "." + strings.Map(func(c rune) rune { return c ^ 1 }, parts[2][:4]) + parts[2][4:],
		"a signature of no base64":      parts[0] + "." + parts[1] + ".***",
		"padding":                       good + "=",
		"a line feed":                   good[:20] + "\n" + good[20:],
		"another header, our signature": header(`{"alg":"HS256","typ":"at+jwt"}`) + "." + parts[1] + "." + parts[2],
		"an encrypted token":            header(`{"alg":"dir","enc":"A256GCM"}`) + "..a.b.c",
	} {
		t.Run(name, func(t *testing.T) {
			if h.signedIn(bearer(token)) {
				t.Errorf("%s counts", token)
			}
		})
	}
	if h.signedIn(cookie(&http.Cookie{Name: cookieName, Value: good})) {
		t.Error("a token counts as a cookie")
	}
	if h.signedIn(cookie(&http.Cookie{Name: cookieName, Value: claims["jti"].(string)})) { //nolint:forcetypeassert // our own
		t.Error("a token's secret counts as a cookie")
	}
	h.clock.forward(tokenTime)
	if h.signedIn(bearer(good)) {
		t.Error("an expired token counts")
	}
}

// Replicas that start together sign with one key.
func TestReplicasShareTheKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		replicas := make([]*house, 6)
		var wg sync.WaitGroup
		for i := range replicas {
			wg.Go(func() { replicas[i] = build(t, db, nil) })
		}
		wg.Wait()
		replicas[0].newcomer("ada@example.com")
		token := replicas[0].newToken("ada@example.com")
		for i, r := range replicas {
			if !r.signedIn(bearer(token)) {
				t.Errorf("replica %d does not know the token", i)
			}
		}
	})
}
