package account

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/httpd"
)

// elsewhere is the issuer as the page needs to know it.
type elsewhere struct {
	Name string `json:"name" doc:"For \"Continue with …\"" example:"Google"`
}

func (r *Room) elsewhere() *elsewhere {
	if r.issuer == nil {
		return nil
	}
	return &elsewhere{r.issuer.name()}
}

// elsewhereRoutes mounts the ways to the issuer and back, and what is kept of
// them. The paths say Google, as they always have, for whichever issuer it is.
func (r *Room) elsewhereRoutes(api huma.API) {
	tags := []string{"Sign-in"}
	httpd.Register(api, httpd.Visited(httpd.Strict(httpd.Public(huma.Operation{
		OperationID: "sign-in-elsewhere", Method: http.MethodGet, Path: "/api/v1/auth/google", Tags: tags,
		Errors:  []int{http.StatusNotFound, http.StatusServiceUnavailable},
		Summary: "Begin a sign-in with Google or the issuer in its place; browsers are sent there (303)",
	})), signInPage), r.signInElsewhere)
	httpd.Register(api, httpd.Public(httpd.AnyQuery(huma.Operation{
		OperationID: "finish-elsewhere", Method: http.MethodGet, Path: "/api/v1/auth/google/callback", Tags: tags,
		DefaultStatus: http.StatusSeeOther, Middlewares: huma.Middlewares{withoutReferrer},
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
		Summary: "Where the issuer sends people back to; browsers are led to a page that tells what went wrong",
	})), r.land)
	httpd.Register(api, httpd.Strict(httpd.InPerson(huma.Operation{
		OperationID: "confirm-elsewhere", Method: http.MethodPost, Path: "/api/v1/auth/confirm/oidc", Tags: tags, MaxBodyBytes: maxBody,
		Errors:  []int{http.StatusNotFound, http.StatusServiceUnavailable},
		Summary: "Show by a linked account that it is really you: begins the way to the issuer",
	})), r.beginConfirm)

	tags = []string{"Account"}
	httpd.Register(api, huma.Operation{
		OperationID: "list-identities", Method: http.MethodGet, Path: "/api/v1/users/me/identities", Tags: tags,
		Summary: "The accounts elsewhere that you can sign in with",
	}, r.identities)
	httpd.Download(api, huma.Operation{
		OperationID: "get-my-picture", Method: http.MethodGet, Path: picturePath, Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "Your picture, as the issuer had it when you first came from there",
	}, r.picture)
	httpd.Register(api, httpd.Strict(httpd.InPerson(huma.Operation{
		OperationID: "link-identity", Method: http.MethodPost, Path: "/api/v1/users/me/identities", Tags: tags,
		Errors:  []int{http.StatusNotFound, http.StatusServiceUnavailable},
		Summary: "Link an account at the issuer to yours: begins the way there",
	})), r.beginLink)
	httpd.Register(api, httpd.InPerson(huma.Operation{
		OperationID: "unlink-identity", Method: http.MethodDelete, Path: "/api/v1/users/me/identities/{id}", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusConflict},
		Summary: "Unlink an account elsewhere; the last way in stays",
	}), r.unlink)
}

// withoutReferrer keeps the address, which has the code in it, from whatever
// comes next.
func withoutReferrer(c huma.Context, next func(huma.Context)) {
	c.SetHeader("Referrer-Policy", "no-referrer")
	next(c)
}
