// Package httpd is the way in and out: the server, the guards in front of every
// route, JSON and Server-Sent Events, faults as problem documents, and the
// OpenAPI document that is made from the very types that check the requests.
//
// A room mounts its routes with Register and Stream. Every route needs a
// signed-in actor unless it is marked Public; PublicRoutes lists those.
package httpd
