// Package disk keeps blobs as files of one folder.
package disk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"pulse/internal/blob"
)

// Store is a folder with blobs. A key is a path in it, and os.Root sees to it
// that none leads out, not even by a link that somebody has put there.
type Store struct{ root *os.Root }

// unfinished is the folder of what is being written. No key begins with a dot,
// so nobody can ask for it.
const unfinished = ".unfinished"

// abandoned is how old what is being written can be. Older files were left by a
// process that was killed.
const abandoned = 24 * time.Hour

// Open opens the folder, and makes it if there is none.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	if err := root.MkdirAll(unfinished, 0o700); err != nil {
		return nil, errors.Join(fmt.Errorf("blob folder: %w", err), root.Close())
	}
	return &Store{root}, nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return said("close", "", s.root.Close()) }

// Put writes to a name of its own and renames that when all of it is on the disk.
func (s *Store) Put(ctx context.Context, key string, body io.Reader, about blob.About) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	temporary := path.Join(unfinished, rand.Text())
	err := s.write(temporary, following(ctx, body), about.Size)
	if err == nil {
		err = s.move(temporary, key)
	}
	if err != nil {
		return errors.Join(said("put", key, err), s.forget(temporary))
	}
	return nil
}

func (s *Store) write(name string, body io.Reader, size int64) (err error) {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err //nolint:wrapcheck // Put says what it was doing
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	n, err := io.Copy(f, body)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	if size != blob.Unknown && n != size {
		return blob.ErrSize
	}
	return f.Sync() //nolint:wrapcheck // as above
}

// move gives a finished file its name. The folder may be taken away between its
// making and the renaming, by a Delete that has emptied it.
func (s *Store) move(temporary, key string) error {
	folder := path.Dir(key)
	var err error
	for range 10 {
		// A folder that is taken away while MkdirAll looks at it "exists" for it; if
		// it is none, the renaming says so.
		if err = s.root.MkdirAll(folder, 0o700); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return err //nolint:wrapcheck // Put says what it was doing
		}
		if err = s.root.Rename(temporary, key); err == nil {
			return s.sync(folder)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err //nolint:wrapcheck // as above
		}
	}
	return err //nolint:wrapcheck // as above
}

// sync puts a folder's list of names on the disk. A folder that has gone
// meanwhile has nothing to keep.
func (s *Store) sync(folder string) error {
	f, err := s.root.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // Put says what it was doing
	}
	return errors.Join(f.Sync(), f.Close())
}

func (s *Store) forget(name string) error {
	return unlessGone(said("clean up after", name, s.root.Remove(name)))
}

// Open reads a part of a blob.
func (s *Store) Open(_ context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	f, err := s.root.Open(key)
	if err != nil {
		return nil, said("open", key, err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(said("open", key, err), f.Close())
	}
	if length < 0 {
		return f, nil
	}
	return part{io.LimitReader(f, length), f}, nil
}

// part is some bytes of a file.
type part struct {
	io.Reader
	io.Closer
}

// Delete removes a blob, and the folder that it was the last one of.
func (s *Store) Delete(_ context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	if err := s.root.Remove(key); err != nil {
		return unlessGone(said("delete", key, err))
	}
	for folder := path.Dir(key); folder != "." && s.root.Remove(folder) == nil; folder = path.Dir(folder) {
		continue // up to the first that has others
	}
	return nil
}

// List walks the folder. On its way it removes what killed processes have left
// unfinished.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) {
		err := fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case err != nil:
				return unlessGone(said("look at", name, err))
			case !d.IsDir():
				return s.visit(name, d, prefix, yield)
			case name != "." && name != unfinished && !within(name, prefix):
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			yield(blob.Entry{}, said("list", prefix, err))
		}
	}
}

// visit passes a file on if it is a blob.
func (s *Store) visit(name string, d fs.DirEntry, prefix string, yield func(blob.Entry, error) bool) error {
	info, err := d.Info()
	switch {
	case err != nil:
		return unlessGone(said("look at", name, err))
	case path.Dir(name) == unfinished:
		if time.Since(info.ModTime()) > abandoned {
			return s.forget(name)
		}
		return nil
	case !info.Mode().IsRegular(), !strings.HasPrefix(name, prefix), !isKey(name):
		return nil // somebody else's
	case !yield(blob.Entry{Key: name, Size: info.Size(), Modified: info.ModTime()}, nil):
		return fs.SkipAll
	}
	return nil
}

func isKey(name string) bool { return blob.CheckKey(name) == nil }

// within tells that a folder may hold keys with the prefix.
func within(folder, prefix string) bool {
	folder += "/"
	return strings.HasPrefix(folder, prefix) || strings.HasPrefix(prefix, folder)
}

// gone tells that a name does not exist, or stands below a file that does.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// unlessGone passes over what is not there (any more).
func unlessGone(err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	return err
}

// said adds what failed, and makes the system's error the seam's.
func said(what, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case gone(err):
		return fmt.Errorf("blob %s %s: %w", what, key, blob.ErrNotFound)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("blob %s %s: %w: %w", what, key, blob.ErrFull, err)
	}
	return fmt.Errorf("blob %s %s: %w", what, key, err)
}

// following reads for as long as ctx lasts.
func following(ctx context.Context, r io.Reader) io.Reader { return &follower{ctx, r} }

type follower struct {
	ctx context.Context //nolint:containedctx // it lives as long as one Put
	r   io.Reader
}

func (f *follower) Read(p []byte) (int, error) {
	if f.ctx.Err() != nil {
		return 0, context.Cause(f.ctx)
	}
	return f.r.Read(p) //nolint:wrapcheck // it stands in for the reader
}
