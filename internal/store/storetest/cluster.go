package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// PostgresURL gives the address of an empty database of the test's own. It
// skips the test with -short or where no server is installed; with CI set the
// absence of a server fails the test instead.
func PostgresURL(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("PostgreSQL is not started with -short")
	}
	return Cluster(t).create(t, "")
}

func (c *Server) create(t testing.TB, how string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	if err := c.exec("CREATE DATABASE " + name + " " + how); err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	return c.URL(name)
}

func (c *Server) exec(statement string) error {
	admin, err := sql.Open("pgx", c.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = admin.ExecContext(context.Background(), statement)
	return errors.Join(err, admin.Close())
}

var databases atomic.Int64

// A Server is a PostgreSQL cluster in a temporary folder, on loopback.
type Server struct {
	folder string
	port   int
	cred   *syscall.Credential
	alive  io.Closer // open while the process lives; were it collected as garbage, the cluster would stop

	once    sync.Once // the template is migrated
	onceErr error
}

var shared = sync.OnceValues(start)

// Cluster starts the process's shared cluster, once.
func Cluster(t testing.TB) *Server {
	t.Helper()
	if _, err := binary("postgres"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	c, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return c
}

// URL gives the address of one of the cluster's databases.
func (c *Server) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User("pulse"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		Path: database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Restart stops the cluster as a power cut would and starts it again.
func (c *Server) Restart(t testing.TB) {
	t.Helper()
	for _, args := range [][]string{
		{"-m", "immediate", "-w", "stop"},
		{"-o", c.options(), "-w", "-l", filepath.Join(c.folder, "log"), "start"},
	} {
		if err := c.run("pg_ctl", append([]string{"-D", c.data()}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *Server) data() string { return filepath.Join(c.folder, "data") }

func (c *Server) options() string {
	return fmt.Sprintf("-p %d -h 127.0.0.1 -k '' -c max_connections=300", c.port)
}

func binary(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return versionOf(a) - versionOf(b) })
		return found[len(found)-1], nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("PostgreSQL's server is not installed: %w", err)
	}
	return path, nil
}

func versionOf(path string) int {
	v, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return v
}

func start() (*Server, error) {
	folder, err := os.MkdirTemp("", "pulse-postgres-")
	if err != nil {
		return nil, fmt.Errorf("folder of the cluster: %w", err)
	}
	c := &Server{folder: folder}
	// The server refuses to run as root, so root lends it another user.
	if os.Getuid() == 0 {
		if c.cred, err = lesserUser(); err != nil {
			return nil, err
		}
		if err := os.Chown(folder, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
			return nil, fmt.Errorf("folder of the cluster: %w", err)
		}
	}
	if err := c.run("initdb", "-D", c.data(), "-U", "pulse", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"); err != nil {
		return nil, err
	}
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	if err := c.run("pg_ctl", "-D", c.data(), "-o", c.options(), "-w", "-l", filepath.Join(folder, "log"), "start"); err != nil {
		return nil, err
	}
	return c, c.endWithProcess()
}

// endWithProcess leaves a small shell waiting on a pipe from this process: when
// the process ends, however it ends, the pipe closes and the shell stops the
// cluster and removes its folder.
func (c *Server) endWithProcess() error {
	pgCtl, err := binary("pg_ctl")
	if err != nil {
		return err
	}
	const script = `cat >/dev/null; "$1" -D "$2/data" -m immediate stop >/dev/null 2>&1; rm -rf "$2"`
	cmd := exec.CommandContext(context.Background(), "sh", "-c", script, "sh", pgCtl, c.folder) //nolint:gosec // our own paths
	cmd.Dir = c.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Setpgid: true}
	if c.alive, err = cmd.StdinPipe(); err != nil {
		return fmt.Errorf("pipe to the cluster's guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the cluster's guard: %w", err)
	}
	return nil
}

func (c *Server) run(name string, args ...string) error {
	path, err := binary(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // PostgreSQL's own tools with our arguments
	cmd.Dir = c.folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + c.folder}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	// Output to a file: the server inherits it and would keep a pipe open.
	out, err := os.OpenFile(filepath.Join(c.folder, name+".out"), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600) //nolint:gosec // in our own folder
	if err != nil {
		return fmt.Errorf("output of %s: %w", name, err)
	}
	defer func() { _ = out.Close() }()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}

func lesserUser() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("root needs a user postgres or nobody to run PostgreSQL as")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // only to learn a free port
	if err != nil {
		return 0, fmt.Errorf("free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil //nolint:forcetypeassert // a TCP listener's address
}
