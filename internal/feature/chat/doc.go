// Package chat is the room of conversations: asking models, reading their
// answers as they come, and keeping both.
//
// Everything in it belongs to the person who made it; nobody else, not even an
// administrator, reads or changes it here. An answer is a job: it goes on when
// its reader goes away.
package chat
