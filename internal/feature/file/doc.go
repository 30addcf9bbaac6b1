// Package file is the room in which people upload what their questions are
// about: pictures, PDFs and texts. A file is its owner's alone; to everybody
// else it does not exist.
//
// The bytes are a blob, the row says what they are. The blob is written first
// and removed last, so that no row is without its bytes; what a crash leaves
// between the two, the sweep finds.
package file
