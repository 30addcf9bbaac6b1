// Package account is the room of people: making accounts, signing in and out,
// and finding out on every request who is asking.
//
// Anybody may sign in, and may make an account while registration is open; the
// first account can always be made, and is the administrator's. People come in by
// a password or by the issuer, and change their own account and nobody else's.
// What lets others in or cannot be undone (making keys, linking and unlinking,
// another e-mail, leaving) wants them to have shown a moment ago that it is them,
// and is closed to API keys, which do what their scopes say. Making others
// administrators, deactivating or deleting them and setting their passwords is the
// operator's, by `pulse user` (operate.go); no route leads there.
//
// A browser is signed in by a random secret in a cookie, a program by a JWT or a
// key. Behind each stands a row, and with the row goes the access: at once, on
// every replica, which is why nothing about them is cached.
package account
