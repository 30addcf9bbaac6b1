package job

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// The test binary is its own worker process (kill_test.go). Otherwise it runs
// the tests, and afterwards no goroutine may be left.
func TestMain(m *testing.M) {
	if os.Getenv(drillEnv) != "" {
		os.Exit(drillWorker())
	}
	goleak.VerifyTestMain(m)
}
