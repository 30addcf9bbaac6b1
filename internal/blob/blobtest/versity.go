package blobtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// versity is the program of that version, as the Makefile installs it.
const versity = ".tools/versitygw-v1.8.0"

// Versity is a store that speaks S3, on loopback, with its blobs in a temporary
// folder.
type Versity struct {
	Address    string // of its endpoint
	KeyID, Key string // the access key

	folder  string
	port    int
	guard   *exec.Cmd
	alive   io.Closer
	buckets atomic.Int64
}

// StartVersity starts one that ends with the test.
func StartVersity(t testing.TB) *Versity {
	t.Helper()
	v := &Versity{KeyID: "pulse-test", Key: "canary-of-the-store", folder: t.TempDir()}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0") // to learn a free port
	if err != nil {
		t.Fatal(err)
	}
	address, _ := l.Addr().(*net.TCPAddr) // a TCP listener's
	v.port = address.Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	v.Address = "http://" + address.String()
	v.Start(t)
	t.Cleanup(v.Stop)
	return v
}

// Start starts it once more after Stop, with what it had.
func (v *Versity) Start(t testing.TB) {
	t.Helper()
	program := filepath.Join(projectFolder(t), versity)
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("the store that S3 is tested with is not installed; make %s does it: %v", versity, err)
	}
	// The shell ends it when the pipe from this process closes: by Stop, or because
	// this process has ended, however it did.
	const script = `"$@" & cat >/dev/null; kill -9 $!; wait`
	v.guard = exec.CommandContext(context.Background(), "sh", "-c", script, "sh", program, //nolint:gosec // our own tool
		"--port", "127.0.0.1:"+strconv.Itoa(v.port), "--quiet", "--keep-alive", "--health", "/health", "posix", v.folder)
	v.guard.Env = []string{"ROOT_ACCESS_KEY=" + v.KeyID, "ROOT_SECRET_KEY=" + v.Key, "PATH=" + os.Getenv("PATH"), "HOME=" + v.folder}
	var err error
	if v.alive, err = v.guard.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := v.guard.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); !v.answers(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("versitygw does not answer")
		}
	}
}

func (v *Versity) answers() bool {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, v.Address+"/health", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// Stop ends it as a crash would.
func (v *Versity) Stop() {
	if v.guard != nil {
		_ = v.alive.Close()
		_ = v.guard.Wait() // it was killed
		v.guard = nil
	}
}

// Bucket makes an empty bucket.
func (v *Versity) Bucket(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("bucket-%d", v.buckets.Add(1))
	if err := os.Mkdir(filepath.Join(v.folder, name), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// Age makes a blob of a bucket look as old as that.
func (v *Versity) Age(t testing.TB, bucket, key string, age time.Duration) {
	t.Helper()
	then := time.Now().Add(-age)
	if err := os.Chtimes(filepath.Join(v.folder, bucket, key), then, then); err != nil {
		t.Fatal(err)
	}
}

// Settings are those of a Pulse that keeps its files in the bucket.
func (v *Versity) Settings(bucket string) []string {
	return []string{
		"PULSE_BLOB_URL=s3://" + bucket + "/pulse?endpoint=" + url.QueryEscape(v.Address),
		"AWS_ACCESS_KEY_ID=" + v.KeyID, "AWS_SECRET_ACCESS_KEY=" + v.Key,
	}
}

// projectFolder is where the Makefile is.
func projectFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		up := filepath.Dir(folder)
		if up == folder {
			t.Fatal("the project's folder is not above this one")
		}
		folder = up
	}
}
