package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"pulse/internal/fault"
)

const (
	// maxPDFs is how many PDFs are read at once.
	maxPDFs = 2
	// machineMemory is all that the reading of one PDF may use. What needs more
	// fails inside the sandbox.
	machineMemory = 112 << 20
	// machineIdle is after how long without a PDF the memory (some 55 MB) is given
	// back. To load it again from the cache takes a fraction of a second.
	machineIdle = time.Minute
)

// pdfReader has PDFium, as WebAssembly. It is compiled and loaded when the first
// PDF comes, and given back when none has come for a while.
type pdfReader struct {
	cacheDir string
	log      *slog.Logger
	time     time.Duration // for one PDF
	idle     time.Duration
	slots    chan struct{}

	mu       sync.Mutex
	compiled wazero.CompilationCache // nil: PDFium is not loaded
	working  int
	rest     *time.Timer
}

func newPDFReader(o Options) *pdfReader {
	return &pdfReader{cacheDir: o.CacheDir, log: o.Log, time: pdfTime, idle: machineIdle, slots: make(chan struct{}, maxPDFs)}
}

// enter waits for a turn and gives PDFium. The first one of a new version of Pulse
// compiles PDFium, which takes seconds; later ones find that in the cache.
func (p *pdfReader) enter(ctx context.Context) (wazero.CompilationCache, error) { //nolint:ireturn // wazero has no other type for it
	wait := time.NewTimer(pdfWait)
	defer wait.Stop()
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-wait.C:
		f := fault.New(fault.Unavailable, "Very many PDFs are being read at the moment. Please try again in a minute.")
		f.RetryAfter = time.Minute
		return nil, f
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.compile(); err != nil {
		<-p.slots
		return nil, err
	}
	p.working++
	if p.rest != nil {
		p.rest.Stop()
	}
	return p.compiled, nil
}

func (p *pdfReader) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	<-p.slots
	if p.working--; p.working == 0 {
		p.rest = time.AfterFunc(p.idle, p.giveBack)
	}
}

// compile compiles PDFium, or finds it compiled. Call it with mu held, so that
// it is done once.
func (p *pdfReader) compile() error {
	if p.compiled != nil {
		return nil
	}
	begun := time.Now()
	cache := p.openCache()
	err := run(context.Background(), cache, func(pdfium.Pdfium) error { return nil })
	if err != nil {
		return errors.Join(err, cache.Close(context.Background()))
	}
	p.compiled = cache
	if took := time.Since(begun); took > time.Second {
		debug.FreeOSMemory()                        // compiling took ten times what running takes
		p.log.Info("PDFium compiled", "took", took) //nolint:sloglint // it belongs to no request: the next ones use it, too
	}
	return nil
}

// openCache keeps compiled code on the disk, where that can be, else for as
// long as the machines run.
func (p *pdfReader) openCache() wazero.CompilationCache { //nolint:ireturn // wazero has no other type for it
	if p.cacheDir != "" {
		err := os.MkdirAll(p.cacheDir, 0o700)
		if err == nil {
			var cache wazero.CompilationCache
			if cache, err = wazero.NewCompilationCacheWithDir(p.cacheDir); err == nil {
				return cache
			}
		}
		p.log.Warn("the reader of PDFs cannot be kept between starts", "error", err) //nolint:sloglint // it belongs to no request
	}
	return wazero.NewCompilationCache()
}

// giveBack lets go of PDFium if nobody reads.
func (p *pdfReader) giveBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.working > 0 || p.compiled == nil {
		return
	}
	if err := p.stop(); err != nil {
		p.log.Warn("the reader of PDFs did not stop well", "error", err) //nolint:sloglint // it belongs to no request
	}
	debug.FreeOSMemory()
}

func (p *pdfReader) stop() error {
	if p.compiled == nil {
		return nil
	}
	err := p.compiled.Close(context.Background())
	p.compiled = nil
	return err //nolint:wrapcheck // it goes to the log
}

// close stops everything. Nobody may be reading.
func (p *pdfReader) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rest != nil {
		p.rest.Stop()
	}
	return p.stop()
}

// run gives read a PDFium of its own, which ends with ctx. It has no files, no
// network and no clock but what is handed to it, and nothing of one document is
// there for the next. What fails for want of time or memory fails within it, as
// an error of the call that was running.
func run(ctx context.Context, compiled wazero.CompilationCache, read func(pdfium.Pdfium) error) (err error) {
	memory, release, err := mapMemory(machineMemory)
	if err != nil {
		return fmt.Errorf("extract: memory: %w", err)
	}
	defer func() { err = errors.Join(err, release()) }()
	pool, err := webassembly.Init(webassembly.Config{
		Context: experimental.WithMemoryAllocator(ctx, &arena{memory}),
		MaxIdle: 1, MaxTotal: 1, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfig().WithCompilationCache(compiled).WithCloseOnContextDone(true).
			WithMemoryLimitPages(machineMemory / wasmPage).
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling),
	})
	if err != nil {
		return fmt.Errorf("extract: PDFium: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	in, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return fmt.Errorf("extract: PDFium: %w", err)
	}
	err = read(in)
	_ = in.Close() // after a failure inside it fails, too; the instance is gone in any case
	return err
}

const wasmPage = 64 << 10

// arena is the memory of one PDFium. It is no memory of Go's: as much as it may
// grow to is there from the start, but only what is used is taken from the
// machine, and all of it is given back with the document.
type arena struct{ bytes []byte }

// Allocate gives the memory, which is all zeros.
func (a *arena) Allocate(uint64, uint64) experimental.LinearMemory { return a } //nolint:ireturn // wazero's seam

// Reallocate grows the memory; nil: it cannot.
func (a *arena) Reallocate(size uint64) []byte {
	if size > uint64(len(a.bytes)) {
		return nil
	}
	return a.bytes[:size:size]
}

// Free does nothing: what runs may still look at the memory.
func (*arena) Free() {}
