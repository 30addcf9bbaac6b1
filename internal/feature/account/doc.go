// Package account is the room of people: making accounts, signing in and out,
// and finding out on every request who is asking.
//
// Anybody may sign in, and may make an account while registration is open; the
// first account can always be made, and is the administrator's. Whoever is
// signed in reads and changes their own account and nobody else's. Making
// others administrators, deactivating them and setting their passwords is the
// operator's, by `pulse user` (operate.go); no route leads there.
//
// A browser is signed in by a random secret in a cookie, a program by a JWT.
// Behind both stands a row in sessions, and with the row goes the access: at
// once, on every replica, which is why nothing about sessions is cached.
package account
