package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/provider"
)

const exportJSON = "json"

type exportInput struct {
	ConversationPath

	Format string `query:"format" enum:"markdown,json" default:"markdown" doc:"markdown: the branch that is shown; json: everything"`
}

type exportOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

// export gives a conversation as a file.
func (r *Room) export(ctx context.Context, in *exportInput) (*exportOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.conversation(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	out := &exportOutput{ContentType: "text/markdown; charset=utf-8", Body: asMarkdown(&c.Body)}
	ending := ".md"
	if in.Format == exportJSON {
		out.ContentType, ending = "application/json", ".json"
		if out.Body, err = json.MarshalIndent(c.Body, "", "  "); err != nil {
			return nil, fmt.Errorf("chat: export of conversation %s: %w", in.ID, err)
		}
	}
	out.ContentDisposition = mime.FormatMediaType("attachment", map[string]string{"filename": fileName(c.Body.Title) + ending})
	return out, nil
}

// fileName makes of a title what every system takes as the name of a file.
func fileName(title string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`\/:*?"<>|`, r) {
			return ' '
		}
		return r
	}, title)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if name == "" {
		return "conversation"
	}
	return name
}

// asMarkdown writes the branch that is shown. What was said stays as it is.
func asMarkdown(c *Conversation) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", c.Title)
	for _, m := range shownBranch(c) {
		who := "You"
		if m.Role == provider.RoleAssistant {
			who = m.Model
		}
		fmt.Fprintf(&b, "\n## %s, %s\n\n", who, m.CreatedAt.UTC().Format(time.DateTime+" UTC"))
		for _, f := range m.Files {
			if m.Role == provider.RoleAssistant { // the name under which the picture is downloaded
				fmt.Fprintf(&b, "![%s](<%s>)\n", alternative(f), f.Name)
				continue
			}
			fmt.Fprintf(&b, "- attached: %s (%s)\n", f.Name, f.ContentType)
		}
		if len(m.Files) > 0 {
			b.WriteByte('\n')
		}
		if m.Reasoning != "" {
			fmt.Fprintf(&b, "> Thinking: %s\n\n", strings.ReplaceAll(strings.TrimSpace(m.Reasoning), "\n", "\n> "))
		}
		if m.Content != "" {
			fmt.Fprintf(&b, "%s\n", strings.TrimRight(m.Content, "\n"))
		}
		if m.Role == provider.RoleAssistant && m.Status != "completed" {
			fmt.Fprintf(&b, "\n*(%s)*\n", m.Status)
		}
	}
	return b.Bytes()
}

// alternative says in Markdown what a picture shows.
func alternative(f AttachedFile) string {
	text := f.Name
	if f.Origin != nil {
		text = f.Origin.Prompt
	}
	return strings.NewReplacer("[", "", "]", "", `\`, "").Replace(shortLine(text))
}

// shownBranch gives the messages from the first one to the head.
func shownBranch(c *Conversation) []*StoredMessage {
	byID := make(map[string]*StoredMessage, len(c.Messages))
	for i := range c.Messages {
		byID[c.Messages[i].ID] = &c.Messages[i]
	}
	var branch []*StoredMessage
	for m := byID[c.HeadID]; m != nil && len(branch) <= len(c.Messages); m = byID[m.ParentID] {
		branch = append(branch, m)
	}
	slices.Reverse(branch)
	return branch
}
