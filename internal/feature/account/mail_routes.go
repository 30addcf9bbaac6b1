package account

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/httpd"
)

// linkRoutes mounts what is done by links in e-mails.
func (r *Room) linkRoutes(api huma.API) {
	tags := []string{"Sign-in"}
	httpd.Register(api, httpd.Strict(httpd.Public(huma.Operation{
		OperationID: "forgot-password", Method: http.MethodPost, Path: "/api/v1/auth/forgot", Tags: tags, MaxBodyBytes: maxBody,
		DefaultStatus: http.StatusAccepted,
		Summary:       "Have a link for a new password sent, if the e-mail has an account; the answer does not tell",
	})), r.forgot)
	httpd.Register(api, httpd.Strict(httpd.Public(huma.Operation{
		OperationID: "reset-password", Method: http.MethodPost, Path: "/api/v1/auth/reset", Tags: tags, MaxBodyBytes: maxBody,
		DefaultStatus: http.StatusNoContent,
		Summary:       "Choose a new password with such a link; everybody is signed out",
	})), r.reset)
	httpd.Register(api, httpd.InPerson(huma.Operation{
		OperationID: "verify-email", Method: http.MethodPost, Path: "/api/v1/auth/verify", Tags: tags, MaxBodyBytes: maxBody,
		Errors:  []int{http.StatusConflict},
		Summary: "Show with a link that you read an e-mail, signed in to the account that it is for",
	}), r.verify)

	tags = []string{"Account"}
	httpd.Register(api, httpd.Strict(httpd.InPerson(huma.Operation{
		OperationID: "send-verification", Method: http.MethodPost, Path: "/api/v1/users/me/verification", Tags: tags,
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusConflict},
		Summary: "Have the link that verifies your e-mail sent again",
	})), r.askVerification)
	httpd.Register(api, httpd.Strict(httpd.InPerson(huma.Operation{
		OperationID: "change-email", Method: http.MethodPost, Path: "/api/v1/users/me/email", Tags: tags, MaxBodyBytes: maxBody,
		Errors: []int{http.StatusConflict},
		Responses: map[string]*huma.Response{"202": {
			Description: "The link was sent; this is the account until it is opened",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/User"}}},
		}},
		Summary: "Change your e-mail: at once (200), or by a link that is sent to the new one (202)",
	})), r.changeEmail)
}
