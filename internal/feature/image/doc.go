// Package image makes pictures. Whoever may generate makes some with the models
// that the catalogue offers, from words and from pictures of their own; what comes
// is theirs alone, as files of the job that made it, and counts against their
// plan's images. A request that shows a model files of theirs needs the right to
// read them.
package image
