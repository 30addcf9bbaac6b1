// Package fetch gets what people name by its address, such as a picture beside
// a question, without becoming their way into the network that Pulse runs in.
//
// Only public addresses are reached. That is decided at the moment of dialling,
// by the address that the name has led to, for each hop of a redirect: a name
// that means another address a moment later gains nothing. See docs/adr/0011.
package fetch
