package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"pulse/internal/actor"
	"pulse/internal/blob"
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/picture"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Kinds of files, as the file room names them. Whatever is no picture has a text.
const kindImage = "image"

const (
	// maxFiles is how many files all messages of a request may name.
	maxFiles = 100
	// maxPrompt is how many bytes of text a model is shown at most, files
	// included: no model reads so many.
	maxPrompt = 16 << 20

	noFile = "is not a file of yours; POST /api/v1/files uploads one"
)

// AttachedFile is a file of a question, or a picture of an answer.
type AttachedFile struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Kind        string `json:"kind" enum:"image,text,pdf"`
	Size        int64  `json:"size" doc:"Bytes"`
	Width       int64  `json:"width,omitempty"`
	Height      int64  `json:"height,omitempty"`
	Pages       int64  `json:"pages,omitempty"`
	Characters  int64  `json:"characters,omitempty" doc:"Of the text that models read"`

	Origin *picture.Origin `json:"origin,omitempty" doc:"How a picture was made that Pulse has made"`
}

// turn is a message with its files, before anybody knows which model sees it.
type turn struct {
	Role  string
	Text  string
	Files []query.File
}

// same tells that two turns say the same.
func (t turn) same(other turn) bool {
	return t.Role == other.Role && t.Text == other.Text &&
		slices.EqualFunc(t.Files, other.Files, func(a, b query.File) bool { return a.ID == b.ID })
}

// shown is a turn as a model sees it: texts of files stand before the question,
// pictures beside it. Vendors take pictures with a user's turn only, so those of
// answers come with the next question, before its own.
type shown struct {
	Role     string
	Text     string
	Pictures []query.File
	Earlier  int // how many of them are of answers
}

// attach finds the files that the messages of a request name; turns are those
// of them that are not system messages, in their order.
func (r *Room) attach(ctx context.Context, a actor.Actor, messages []Message, turns []turn) error {
	var wrong []fault.Field
	named := 0
	for i, m := range messages {
		if named += len(m.Files); named > maxFiles {
			return fault.BadField(fmt.Sprintf("body.messages[%d].files", i), fmt.Sprintf("all messages together may have at most %d files", maxFiles))
		}
	}
	known := map[string]query.File{}
	next := 0
	for i, m := range messages {
		if len(m.Files) > 0 && m.Role == roleSystem {
			wrong = append(wrong, fault.Field{Location: fmt.Sprintf("body.messages[%d].files", i), Message: "files go with what was asked and answered"})
		}
		if m.Role == roleSystem {
			continue
		}
		t := &turns[next]
		next++
		for n, id := range m.Files {
			at := fmt.Sprintf("body.messages[%d].files[%d]", i, n)
			if slices.Contains(m.Files[:n], id) {
				wrong = append(wrong, fault.Field{Location: at, Message: "is there twice"})
				continue
			}
			file, err := r.file(ctx, a.ID, id, known)
			if store.NotFound(err) {
				wrong = append(wrong, fault.Field{Location: at, Message: noFile})
				continue
			}
			if err != nil {
				return err
			}
			if m.Role == provider.RoleAssistant && file.Kind != kindImage {
				wrong = append(wrong, fault.Field{Location: at, Message: "is no picture; an answer has no other files"})
				continue
			}
			t.Files = append(t.Files, file)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "The attached files need mending.")
	f.Fields = wrong
	return f
}

// file reads a file with its text, each only once.
func (r *Room) file(ctx context.Context, userID, id string, known map[string]query.File) (query.File, error) {
	if f, ok := known[id]; ok {
		return f, nil
	}
	f, err := r.db.Read().GetAttachable(ctx, query.GetAttachableParams{ID: id, UserID: userID})
	if err == nil {
		known[id] = f
	}
	return f, err
}

// filesOf gives the files of a branch's messages, with their texts.
func (r *Room) filesOf(ctx context.Context, userID, conversationID string, branch []query.Message) (map[string][]query.File, error) {
	rows, err := r.db.Read().ListAttached(ctx, query.ListAttachedParams{UserID: userID, ConversationID: conversationID})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	files, known := map[string][]query.File{}, map[string]query.File{}
	for _, row := range rows {
		if !slices.ContainsFunc(branch, func(m query.Message) bool { return m.ID == row.MessageID }) {
			continue
		}
		f, err := r.file(ctx, userID, row.ID, known)
		if err != nil {
			return nil, err
		}
		files[row.MessageID] = append(files[row.MessageID], f)
	}
	return files, nil
}

// bound refuses what no model could read before it is put together.
func (q *asked) bound() error {
	size := 0
	for _, t := range q.turns {
		size += len(t.Text)
		for _, f := range t.Files {
			size += len(f.Text)
		}
	}
	if size <= maxPrompt {
		return nil
	}
	return tooMuchText(size)
}

func tooMuchText(size int) error {
	f := fault.Newf(fault.Invalid, "This is %d MB of text with all that was said before, more than any model reads. Leave some files out, or start a new conversation.", size>>20)
	f.Type = string(provider.KindTooLong)
	f.Fields = []fault.Field{{Location: "body.messages", Message: "too long for any model"}}
	return f
}

// attachedIn lists the files of a conversation's messages for those who read it.
func (r *Room) attachedIn(ctx context.Context, a actor.Actor, conversationID string) (map[string][]AttachedFile, error) {
	rows, err := r.db.Read().ListAttached(ctx, query.ListAttachedParams{UserID: a.ID, ConversationID: conversationID})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	files := make(map[string][]AttachedFile, len(rows))
	for _, f := range rows {
		file := AttachedFile{
			ID: f.ID, Name: f.Name, ContentType: f.ContentType, Kind: f.Kind, Size: f.Size,
			Width: f.Width, Height: f.Height, Pages: f.Pages, Characters: f.Characters,
		}
		if f.Origin != "" {
			if err := json.Unmarshal([]byte(f.Origin), &file.Origin); err != nil {
				return nil, fmt.Errorf("chat: origin of file %s: %w", f.ID, err)
			}
		}
		files[f.MessageID] = append(files[f.MessageID], file)
	}
	return files, nil
}

// fileText is how a model reads a file.
const fileText = "<file name=%q>\n%s\n</file>\n\n"

// lostPicture stands for a picture that a model does not get to see.
const lostPicture = "<file name=%q>(a picture that is not shown here)</file>\n\n"

// laterPicture stands for a picture of an answer where it was said.
const laterPicture = "<file name=%q>(the picture that was made here, shown with the next message)</file>\n\n"

// show turns what was said into what a model sees. Pictures that it cannot see,
// or that are more than it takes, become a word about them; the newest are kept.
func show(m catalog.Model, turns []turn) []shown {
	seen := make([]shown, len(turns))
	room := m.Images.Room()
	next := len(turns) - 1 // the question that comes after
	for i, t := range slices.Backward(turns) {
		if t.Role == provider.RoleUser {
			next = i
		}
		var later []query.File
		s := shown{Role: t.Role, Text: t.Text}
		if len(t.Files) > 0 {
			var text strings.Builder
			for _, f := range t.Files {
				switch {
				case f.Kind != kindImage:
					fmt.Fprintf(&text, fileText, f.Name, f.Text)
				case m.RefusesImage(f.ContentType, f.Size, f.Width, f.Height) != "" || !room.Take(f.Size):
					fmt.Fprintf(&text, lostPicture, f.Name)
				case next == i:
					s.Pictures = append(s.Pictures, f)
				default:
					later = append(later, f)
					fmt.Fprintf(&text, laterPicture, f.Name)
				}
			}
			text.WriteString(t.Text)
			s.Text = text.String()
		}
		seen[i] = s
		seen[next].Pictures = append(later, seen[next].Pictures...)
		seen[next].Earlier += len(later)
	}
	return seen
}

// fitPictures checks the question's own pictures against the model: those are
// what it is about, and leaving one out unsaid would make a wrong answer.
func (q *asked) fitPictures(at string) error {
	question := q.turns[len(q.turns)-1]
	where := func(n int) string { return fmt.Sprintf("%s[%d]", at, n) }
	var wrong []fault.Field
	room := q.model.Images.Room()
	for n, f := range question.Files {
		if f.Kind != kindImage {
			continue
		}
		if why := q.model.RefusesImage(f.ContentType, f.Size, f.Width, f.Height); why != "" {
			wrong = append(wrong, fault.Field{Location: where(n), Message: why})
		} else if !room.Take(f.Size) {
			wrong = append(wrong, fault.Field{Location: where(n), Message: q.model.Name + " does not take so many pictures at once"})
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	if at == "" { // the request named a model, not files
		return fault.BadField("body.model", wrong[0].Message)
	}
	f := fault.Newf(fault.Invalid, "%s cannot take these pictures. Choose a model that can, or leave them out.", q.model.Name)
	f.Type = "model_cannot_see"
	f.Fields = wrong
	return f
}

func hasPictures(seen []shown) bool {
	return slices.ContainsFunc(seen, func(s shown) bool { return len(s.Pictures) > 0 })
}

// messages reads the pictures and gives what the vendor is sent.
func (r *Room) messages(ctx context.Context, seen []shown) ([]provider.Message, error) {
	messages := make([]provider.Message, len(seen))
	for i, s := range seen {
		messages[i] = provider.Message{Role: s.Role, Text: s.Text}
		for n, f := range s.Pictures {
			data, err := r.read(ctx, f)
			if errors.Is(err, blob.ErrNotFound) && (i < len(seen)-1 || n < s.Earlier) { // what was said before has to do without it
				messages[i].Text = fmt.Sprintf(lostPicture, f.Name) + messages[i].Text
				continue
			}
			if errors.Is(err, blob.ErrNotFound) {
				return nil, fault.Newf(fault.NotFound, "The picture %q is not on this server any more. Leave it out and ask again.", f.Name)
			}
			if err != nil {
				return nil, fmt.Errorf("chat: picture %s: %w", f.ID, err)
			}
			messages[i].Images = append(messages[i].Images, provider.Image{ContentType: f.ContentType, Data: data})
		}
	}
	return messages, nil
}

func (r *Room) read(ctx context.Context, f query.File) ([]byte, error) {
	body, err := r.files.Open(ctx, f.BlobKey, 0, f.Size)
	if err != nil {
		return nil, err
	}
	data := make([]byte, f.Size)
	_, err = io.ReadFull(body, data)
	return data, errors.Join(err, body.Close())
}
