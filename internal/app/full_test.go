package app

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pulse/internal/provider/standin"
	"pulse/internal/store/storetest"
)

// A full disk is said to be one (507): nothing is written or held, reading goes
// on, and with room again everything works without a restart.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	url := storetest.MigratedURL(t)
	vendor := httptest.NewServer(standin.NewOpenAI(nil))
	t.Cleanup(vendor.Close)
	h := newHouse(t, url, "OPENAI_BASE_URL="+vendor.URL+"/v1")
	ada := h.register("ada")
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	run := func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	before := ada.must(http.StatusOK, http.MethodGet, "/api/v1/users/me/usage", nil)
	ask := map[string]any{"model": model, "messages": []map[string]string{{"role": "user", "content": "hi"}}}

	run(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`)
	run(`CREATE TRIGGER no_room BEFORE INSERT ON jobs EXECUTE FUNCTION no_room()`)
	for _, path := range []string{"/api/v1/chat/complete", "/api/v1/chat/stream"} {
		got := ada.do(http.MethodPost, path, ask)
		if got.status != http.StatusInsufficientStorage || !strings.Contains(got.text, "urn:pulse:problem:storage_full") || strings.Contains(got.text, "device") {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	if after := ada.must(http.StatusOK, http.MethodGet, "/api/v1/users/me/usage", nil); after != before {
		t.Errorf("the books changed: %s, before %s", after, before)
	}
	if list := ada.must(http.StatusOK, http.MethodGet, "/api/v1/conversations", nil); !strings.Contains(list, `"items":[]`) {
		t.Errorf("something was kept: %s", list)
	}

	run(`DROP TRIGGER no_room ON jobs`)
	ada.must(http.StatusOK, http.MethodPost, "/api/v1/chat/complete", ask)
}
