package account

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/httpd"
)

// maxBody bounds what is sent here: a name, an e-mail, a password.
const maxBody = 16 << 10

// Routes mounts the room.
func (r *Room) Routes(api huma.API) {
	tags := []string{"Sign-in"}
	httpd.Register(api, httpd.Public(huma.Operation{
		OperationID: "get-auth-options", Method: http.MethodGet, Path: "/api/v1/auth/options", Tags: tags,
		Summary: "How one can come in here",
	}), r.options)
	httpd.Register(api, httpd.Strict(httpd.Public(huma.Operation{
		OperationID: "register", Method: http.MethodPost, Path: "/api/v1/auth/register", Tags: tags, MaxBodyBytes: maxBody,
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusForbidden, http.StatusConflict},
		Summary: "Make an account and open a session; the first account is the administrator's",
	})), r.register)
	httpd.Register(api, httpd.Strict(httpd.Public(huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/api/v1/auth/login", Tags: tags, MaxBodyBytes: maxBody,
		Errors:  []int{http.StatusUnauthorized, http.StatusForbidden},
		Summary: "Open a session in the session cookie",
	})), r.login)
	httpd.Register(api, httpd.Public(huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/api/v1/auth/logout", Tags: tags,
		DefaultStatus: http.StatusNoContent,
		Summary:       "End the session or the token that the request came with",
	}), r.logout)
	httpd.Register(api, httpd.Strict(httpd.Public(huma.Operation{
		OperationID: "create-token", Method: http.MethodPost, Path: "/api/v1/auth/token", Tags: tags, MaxBodyBytes: maxBody,
		Errors:  []int{http.StatusUnauthorized, http.StatusForbidden},
		Summary: "Get a bearer token for a program, good for 7 days",
	})), r.token)
	httpd.Register(api, httpd.Strict(httpd.InPerson(huma.Operation{
		OperationID: "confirm", Method: http.MethodPost, Path: "/api/v1/auth/confirm", Tags: tags, MaxBodyBytes: maxBody,
		DefaultStatus: http.StatusNoContent,
		Summary:       "Show by the password that it is really you, for what asks for that",
	})), r.confirm)
	r.elsewhereRoutes(api)
	r.linkRoutes(api)

	tags = []string{"Account"}
	httpd.Register(api, httpd.Strict(httpd.InPerson(huma.Operation{
		OperationID: "change-password", Method: http.MethodPut, Path: "/api/v1/users/me/password", Tags: tags, MaxBodyBytes: maxBody,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
		Summary: "Change your password; all other sessions and tokens end, API keys stay",
	})), r.changePassword)
	httpd.Register(api, huma.Operation{
		OperationID: "get-my-subscription", Method: http.MethodGet, Path: "/api/v1/users/me/subscription", Tags: tags,
		Summary: "Your plan, what it allows and until when",
	}, r.subscription)
	r.keyRoutes(api, tags)
	httpd.Register(api, huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: "/api/v1/users/me", Tags: tags,
		Summary: "Your account",
	}, r.me)
	httpd.Register(api, huma.Operation{
		OperationID: "update-me", Method: http.MethodPatch, Path: "/api/v1/users/me", Tags: tags, MaxBodyBytes: maxBody,
		Summary: "Change your name",
	}, r.updateMe)
	httpd.Bundled(api, httpd.InPerson(huma.Operation{
		OperationID: "export-me", Method: http.MethodGet, Path: "/api/v1/users/me/export", Tags: tags,
		Summary: "All that you have here, as a zip with JSON, Markdown and your files",
		Description: "The zip is made as it is sent; README.txt in it says what is what. " +
			"When something fails on the way, it breaks off and no program takes it for a whole one. One at a time.",
	}), r.export)
	httpd.Register(api, httpd.InPerson(huma.Operation{
		OperationID: "delete-me", Method: http.MethodDelete, Path: "/api/v1/users/me", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
		Summary: "Delete your account and all that you have here",
		Description: "Needs a sign-in or a confirmation of the last 15 minutes. All sessions, tokens and API keys end at once, what runs is stopped, " +
			"and conversations, files and jobs are removed soon after. The books keep what was used, without a name. " +
			"The last administrator cannot go while others are here.",
	}), r.deleteMe)
	httpd.Register(api, huma.Operation{
		OperationID: "get-my-usage", Method: http.MethodGet, Path: "/api/v1/users/me/usage", Tags: tags,
		Summary: "What you have used of your plan in this period",
	}, r.myUsage)
}

// keyRoutes mounts what people see and end of their ways in.
func (r *Room) keyRoutes(api huma.API, tags []string) {
	httpd.Register(api, huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/api/v1/users/me/sessions", Tags: tags,
		Summary: "Where you are signed in",
	}, r.sessions)
	httpd.Register(api, httpd.InPerson(huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/api/v1/users/me/sessions/{id}", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
		Summary: "Sign one of them out",
	}), r.endOne)
	httpd.Register(api, httpd.InPerson(huma.Operation{
		OperationID: "end-sessions", Method: http.MethodDelete, Path: "/api/v1/users/me/sessions", Tags: tags,
		DefaultStatus: http.StatusNoContent,
		Summary:       "Sign all of them out, or all others; API keys stay",
	}), r.endAll)
	httpd.Register(api, huma.Operation{
		OperationID: "list-keys", Method: http.MethodGet, Path: "/api/v1/users/me/keys", Tags: tags,
		Summary: "Your API keys, without what is secret of them",
	}, r.keys)
	httpd.Register(api, httpd.InPerson(huma.Operation{
		OperationID: "create-key", Method: http.MethodPost, Path: "/api/v1/users/me/keys", Tags: tags, MaxBodyBytes: maxBody,
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict},
		Summary: "Make an API key; it is shown this once",
		Description: "With the scope `generate` it asks models, at your cost; with `read` it sees what you have; with `write` it changes and deletes that. " +
			"No key does anything to the account itself.",
	}), r.createKey)
	httpd.Register(api, httpd.InPerson(huma.Operation{
		OperationID: "revoke-key", Method: http.MethodDelete, Path: "/api/v1/users/me/keys/{id}", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
		Summary: "Revoke an API key; it ends at once",
	}), r.revokeKey)
}
