package httpd

import "context"

// BaseURL is what absolute addresses of this Pulse begin with, without a slash at
// the end: the public address, or else the one that the request was sent to. It is
// "" where none came by a server, which makes them relative.
func BaseURL(ctx context.Context) string {
	in := infoOf(ctx)
	switch {
	case in.publicURL != "":
		return in.publicURL
	case in.request == nil:
		return ""
	case in.client.Secure:
		return "https://" + in.request.Host
	}
	return "http://" + in.request.Host
}
