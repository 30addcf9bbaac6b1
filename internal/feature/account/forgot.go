package account

import (
	"context"

	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/mail"
	"pulse/internal/store"
)

type forgotInput struct {
	Body struct {
		Email string `json:"email" maxLength:"320" example:"ada@example.com"`
	}
}

// forgot sends a link to whoever has the e-mail and may sign in. The answer is
// the same for everybody, and whether there is somebody is found out after it.
func (r *Room) forgot(ctx context.Context, in *forgotInput) (*struct{}, error) {
	e, ok := readEmail(in.Body.Email)
	if !ok {
		return nil, fault.BadField("body.email", "must be an e-mail address")
	}
	if err := r.post.mayAsk(ctx, httpd.ClientOf(ctx).Network()); err != nil {
		return nil, err
	}
	if !r.post.configured() {
		r.log.WarnContext(ctx, "somebody forgot their password, and PULSE_SMTP_URL is not set; `pulse user reset-link` makes a link for them")
		return nil, nil //nolint:nilnil // 202
	}
	r.post.put("a link for a new password", r.post.links, e, func(ctx context.Context) ([]mail.Message, error) {
		u, err := r.db.Read().GetUserByEmailKey(ctx, e.key)
		if store.NotFound(err) || err == nil && !u.IsActive {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		link, err := r.newLink(ctx, u.ID, resetLink, u.Email)
		if store.NotFound(err) { // gone meanwhile
			return nil, nil
		}
		return []mail.Message{resetLetter(r.post.publicURL, link).to(u.Email)}, err
	})
	return nil, nil //nolint:nilnil // 202
}
