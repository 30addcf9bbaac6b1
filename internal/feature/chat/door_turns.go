package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/httpd"
	"pulse/internal/provider"
	"pulse/internal/store/query"
)

const (
	roleDeveloper = "developer"

	maxTurns = 2000
	// maxPieces is how many parts and calls of tools all messages may have together.
	maxPieces = 2000
	// maxRemote is how many pictures of a request are fetched, and maxPapers how many
	// files it may have, whose texts are taken out of them.
	maxRemote, maxPapers = 16, 16
	// remoteTime is how long the fetching of all of them may take.
	remoteTime = 30 * time.Second
	// maxAttached is how large one picture or file may be, as for uploads.
	maxAttached = 32 << 20
)

// checkTurns looks at all that can be told before anything is decoded or fetched:
// who says what after whom. Vendors differ in what they let pass; what comes
// through here all of them take.
func (in *ChatCompletionRequest) checkTurns() error {
	if len(in.Messages) == 0 || len(in.Messages) > maxTurns {
		return errTurns()
	}
	switch remote, papers := in.brings(); {
	case remote > maxRemote:
		return httpd.WrongParam("messages", "At most %d pictures of a request are fetched. Send the others as data URLs.", maxRemote)
	case papers > maxPapers:
		return httpd.WrongParam("messages", "A request may have at most %d files.", maxPapers)
	}
	var waiting []string // calls without a result
	begun := false       // somebody has said something
	last, systems := "", false
	question := in.question()
	for i := range in.Messages {
		m := &in.Messages[i]
		at := fmt.Sprintf("messages[%d]", i)
		if err := m.checkParts(at); err != nil {
			return err
		}
		if m.silent() && i != question {
			continue
		}
		if m.Role != provider.RoleTool && len(waiting) > 0 {
			return httpd.WrongParam(at+".role", "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "+
				"There is none for %q.", waiting[0])
		}
		switch m.Role {
		case roleDeveloper, roleSystem:
			systems = true
			continue
		case provider.RoleUser:
			if m.silent() {
				return httpd.WrongParam(at+".content", "'%s.content' must not be empty.", at)
			}
		case provider.RoleAssistant:
			if !begun {
				return httpd.WrongParam(at+".role", "The first message that is not a system or developer message must be from the user.")
			}
			for _, call := range m.ToolCalls {
				waiting = append(waiting, call.ID)
			}
		case provider.RoleTool:
			n := slices.Index(waiting, deref(m.ToolCallID))
			if n < 0 {
				return httpd.WrongParam(at+".tool_call_id", "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'.")
			}
			waiting = slices.Delete(waiting, n, n+1)
		default:
			return httpd.WrongParam(at+".role", "Invalid value: %q. Supported values are: developer, system, user, assistant and tool.", m.Role)
		}
		begun, last = true, m.Role
	}
	switch {
	case len(waiting) > 0:
		return httpd.WrongParam("messages", "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "+
			"There is none for %q.", waiting[0])
	case last == "" && systems: // it is sent as the user's
	case last != provider.RoleUser && last != provider.RoleTool:
		return httpd.WrongParam("messages", "The last message must be the user's, or a tool's result.")
	}
	return nil
}

// question is where the user's last message is; -1: nowhere.
func (in *ChatCompletionRequest) question() int {
	for i := range slices.Backward(in.Messages) {
		if in.Messages[i].Role == provider.RoleUser {
			return i
		}
	}
	return -1
}

// silent tells that a message says nothing. Clients send such as they come by
// them: a system prompt that was left empty, an answer that was all thinking.
// Vendors refuse them, so they are left out.
func (m *CompletionMessage) silent() bool {
	switch m.Role {
	case roleDeveloper, roleSystem, provider.RoleUser, provider.RoleAssistant:
	default:
		return false
	}
	if len(m.ToolCalls) > 0 || strings.TrimSpace(deref(m.Refusal)) != "" {
		return false
	}
	return m.Content == nil || !slices.ContainsFunc(*m.Content, func(p ContentPart) bool {
		return p.Type != partText && p.Type != partRefusal || strings.TrimSpace(p.Text+p.Refusal) != ""
	})
}

// brings counts the pictures that are somewhere on the web, and the files.
func (in *ChatCompletionRequest) brings() (remote, papers int) {
	for i := range in.Messages {
		if in.Messages[i].Content == nil {
			continue
		}
		for _, p := range *in.Messages[i].Content {
			switch {
			case p.Type == partFile:
				papers++
			case p.Type == partImage && p.ImageURL != nil && !isDataURL(p.ImageURL.URL):
				remote++
			}
		}
	}
	return remote, papers
}

func isDataURL(url string) bool { return strings.HasPrefix(url, "data:") }

// checkParts looks at one message.
func (m *CompletionMessage) checkParts(at string) error {
	switch {
	case given(m.FunctionCall):
		return httpd.UnsupportedParam(at+".function_call", "Pulse does not take 'function_call'. Use 'tool_calls'.")
	case given(m.Audio):
		return httpd.UnsupportedParam(at+".audio", "Pulse does not take audio.")
	case len(m.ToolCalls) > 0 && m.Role != provider.RoleAssistant:
		return httpd.WrongParam(at+".tool_calls", "'tool_calls' go with an assistant's message.")
	case m.ToolCallID != nil && m.Role != provider.RoleTool:
		return httpd.WrongParam(at+".tool_call_id", "'tool_call_id' goes with a tool's message.")
	}
	for i, call := range m.ToolCalls {
		in := fmt.Sprintf("%s.tool_calls[%d]", at, i)
		switch {
		case call.Type != "" && call.Type != typeFunction:
			return httpd.UnsupportedParam(in+".type", "Pulse takes calls of the type 'function' only.")
		case call.ID == "":
			return httpd.WrongParam(in+".id", "A call must have an id.")
		case !nameOfTool.MatchString(call.Function.Name):
			return httpd.WrongParam(in+".function.name", "A tool's name has letters, digits, - and _, from 1 to 64 of them.")
		}
	}
	if m.Content == nil {
		if m.Role == provider.RoleTool {
			return httpd.WrongParam(at+".content", "'%s.content' is missing.", at)
		}
		return nil
	}
	for i, p := range *m.Content {
		in := fmt.Sprintf("%s.content[%d]", at, i)
		switch {
		case p.Type == partText:
		case p.Type == partRefusal && m.Role == provider.RoleAssistant:
		case m.Role != provider.RoleUser:
			return httpd.WrongParam(in+".type", "A message of the role %q has text only.", m.Role)
		case p.Type == partImage && p.ImageURL != nil, p.Type == partFile && p.File != nil:
		case p.Type == "input_audio":
			return httpd.UnsupportedParam(in, "Pulse does not take audio.")
		default:
			return httpd.WrongParam(in+".type", "Invalid value: %q. Supported values are: text, image_url and file, each with the field of its name.", p.Type)
		}
	}
	return nil
}

// turns puts the messages into Pulse's words, with their pictures and files.
func (r *Room) turns(ctx context.Context, a actor.Actor, c *completing, messages []CompletionMessage) error {
	t := translation{room: r, actor: a, c: c, left: c.model.Images.Room(), known: map[string]query.File{}}
	for _, text := range c.read.texts { // of tools, and of what the answer is bound to
		t.size += len(text)
	}
	var systems []string
	for i := range messages {
		m := &messages[i]
		if m.silent() {
			continue
		}
		if err := t.weigh(m.size()); err != nil {
			return err
		}
		switch m.Role {
		case roleDeveloper, roleSystem:
			systems = append(systems, m.text())
		case provider.RoleUser:
			if err := t.question(ctx, fmt.Sprintf("messages[%d].content", i), *m.Content); err != nil {
				return err
			}
		case provider.RoleAssistant:
			said := provider.Message{Role: m.Role, Text: m.text()}
			for _, call := range m.ToolCalls {
				said.ToolCalls = append(said.ToolCalls, provider.ToolCall{ID: call.ID, Name: call.Function.Name, Arguments: call.Function.Arguments})
			}
			t.add(said)
		case provider.RoleTool:
			t.add(provider.Message{Role: m.Role, Text: m.text(), ToolCallID: deref(m.ToolCallID)})
		}
	}
	if system := strings.Join(systems, "\n\n"); len(c.req.Messages) > 0 {
		c.req.System = system
	} else { // vendors want a question
		t.add(provider.Message{Role: provider.RoleUser, Text: system})
	}
	c.read.system = c.req.System
	return nil
}

// size is how many bytes of text a message brings along.
func (m *CompletionMessage) size() int {
	n := len(deref(m.Refusal))
	if m.Content != nil {
		for i := range *m.Content {
			n += len((*m.Content)[i].Text) + len((*m.Content)[i].Refusal)
		}
	}
	for i := range m.ToolCalls {
		n += len(m.ToolCalls[i].Function.Name) + len(m.ToolCalls[i].Function.Arguments)
	}
	return n
}

// text is all that a message says.
func (m *CompletionMessage) text() string {
	var texts []string
	if m.Content != nil {
		for _, p := range *m.Content {
			texts = append(texts, p.Text+p.Refusal) // one of the two
		}
	}
	if text := strings.Join(texts, "\n"); text != "" || m.Refusal == nil {
		return text
	}
	return *m.Refusal
}

// translation is a request's messages on their way into Pulse's words.
type translation struct {
	room  *Room
	actor actor.Actor
	c     *completing
	left  *catalog.ImageRoom
	known map[string]query.File
	until time.Time // when all that is fetched has to be there; zero: nothing was
	size  int       // bytes of text so far
}

// weigh counts text before it is copied to anywhere: a file of a few megabytes
// can be named again and again.
func (t *translation) weigh(n int) error {
	if t.size += n; t.size > maxPrompt {
		return tooMuchText(t.size)
	}
	return nil
}

// add adds a message to the request, and its tokens to what is counted.
func (t *translation) add(m provider.Message) {
	t.c.req.Messages = append(t.c.req.Messages, m)
	said := calls(m.ToolCalls)
	t.c.read.texts = append(t.c.read.texts, m.Text+said.text())
}

// question splits a message into several, since a message of ours shows its
// pictures before its text, and the order of the parts says what belongs together.
func (t *translation) question(ctx context.Context, at string, parts []ContentPart) error {
	m := provider.Message{Role: provider.RoleUser}
	var said strings.Builder
	for i, p := range parts {
		in := fmt.Sprintf("%s[%d]", at, i)
		text, image := p.Text, (*provider.Image)(nil)
		err := ctx.Err()
		switch {
		case err != nil: // nobody waits any more
			return context.Cause(ctx)
		case p.Type == partImage:
			image, err = t.picture(ctx, in+".image_url.url", p.ImageURL.URL)
		case p.Type == partFile:
			text, image, err = t.file(ctx, in+".file", p)
		}
		if err != nil {
			return err
		}
		switch {
		case image != nil && said.Len() > 0:
			m.Text = said.String()
			t.add(m)
			m = provider.Message{Role: provider.RoleUser, Images: []provider.Image{*image}}
			said.Reset()
		case image != nil:
			m.Images = append(m.Images, *image)
		default:
			if said.Len() > 0 {
				said.WriteByte('\n')
			}
			said.WriteString(text)
		}
	}
	m.Text = said.String()
	t.add(m)
	return nil
}
