// Package extract finds out what an upload is, by its bytes alone, and what of
// it a model can read: the size of a picture, the text of a text file or a PDF.
//
// Uploads are hostile until shown otherwise. Nothing here runs what a file
// says, memory and time are bounded whatever the file claims of itself, and
// what cannot be used is told in words, as an Unusable fault with a type.
package extract
