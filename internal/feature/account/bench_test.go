package account

import (
	"net/http"
	"testing"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// What every request pays to be known.
func BenchmarkAuthenticate(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{store.SQLite, storetest.SQLite}, {store.PostgreSQL, storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := build(b, engine.open(b), nil)
			_, c := h.newcomer("ada@example.com")
			token, key := h.newToken("ada@example.com"), h.newKey(cookie(c), `{"name":"a program"}`)
			for name, who := range map[string]access{"cookie": cookie(c), "bearer": bearer(token), "key": bearer(key)} {
				b.Run(name, func(b *testing.B) {
					r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
					if err != nil {
						b.Fatal(err)
					}
					who(r)
					b.ReportAllocs()
					for b.Loop() {
						if _, ok, err := h.Authenticate(r); err != nil || !ok {
							b.Fatal(ok, err)
						}
					}
				})
			}
		})
	}
}
