// Package mail sends e-mail by SMTP.
//
// A Server hands one message to the operator's mail server and says whether it
// was taken. An Outbox does that behind the backs of those who ask for e-mail:
// they never wait for it, and cannot tell from it whether there was anybody to
// write to. What waits in an outbox is lost when the process dies; people ask
// for another link then.
package mail
