//go:build unix

package extract

import "syscall"

// mapMemory gives so many bytes of zeros that the garbage collector does not
// know, and takes them back.
func mapMemory(size int) (memory []byte, release func() error, err error) {
	memory, err = syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	return memory, func() error { return syscall.Munmap(memory) }, err //nolint:wrapcheck // run says what for
}
