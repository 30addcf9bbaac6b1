package archtest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	sqlComment  = regexp.MustCompile(`--[^\n]*`)
	createTable = regexp.MustCompile(`(?is)\bCREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*\((.*?)\n\)`)
	userColumn  = regexp.MustCompile(`(?m)^\s*user_id\s`)
	queryName   = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+\s*$`)
	insertInto  = regexp.MustCompile(`(?is)^\s*INSERT INTO (\w+)\s*\(([^)]*)\)`)
	// A table is named after one of these words; commas between tables are not
	// in use, and a query that used them would be missed.
	tableUse  = regexp.MustCompile(`(?is)\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)`)
	boundUser = regexp.MustCompile(`(?i)\b(?:\w+\.)?user_id\s*=\s*(?:\$\d|sqlc\.arg\()`)
	boundID   = regexp.MustCompile(`(?i)\b(?:\w+\.)?id\s*=\s*(?:\$\d|sqlc\.arg\()`)
)

// A statement is one named query of a queries.sql.
type statement struct {
	file, name, text string
}

// Queries checks that every query that touches a person's table is bound to
// that person, and gives those that are not, one sentence each. A person's
// tables are users and all that have a user_id in the migrations.
//
// excused names the queries that may touch everybody's rows, with the reason;
// a name that needs no excuse any more is broken too.
func Queries(tree fs.FS, excused map[string]string) ([]string, error) {
	personal, err := personalTables(tree)
	if err != nil {
		return nil, err
	}
	statements, err := readQueries(tree)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	var broken []string
	for _, s := range statements {
		touched := s.tables(personal)
		if len(touched) == 0 || s.bound(touched) {
			continue
		}
		if _, ok := excused[s.name]; ok {
			used[s.name] = true
			continue
		}
		broken = append(broken, fmt.Sprintf("%s: %s touches %s without the user's id", s.file, s.name, strings.Join(touched, ", ")))
	}
	for name := range excused {
		if !used[name] {
			broken = append(broken, name+" needs no excuse: take it out of internal/archtest/law.go")
		}
	}
	slices.Sort(broken)
	return broken, nil
}

// tables gives the personal tables that a statement names.
func (s statement) tables(personal map[string]bool) []string {
	var touched []string
	for _, use := range tableUse.FindAllStringSubmatch(s.text, -1) {
		if table := strings.ToLower(use[1]); personal[table] && !slices.Contains(touched, table) {
			touched = append(touched, table)
		}
	}
	return touched
}

// bound tells whether a parameter fixes whose rows the statement touches: a
// comparison with user_id (with id for users), or the column of an INSERT.
func (s statement) bound(touched []string) bool {
	if into := insertInto.FindStringSubmatch(s.text); into != nil {
		column := "user_id"
		if strings.EqualFold(into[1], "users") {
			column = "id"
		}
		columns := strings.FieldsFunc(into[2], func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
		if slices.Contains(columns, column) && len(touched) == 1 {
			return true
		}
	}
	if slices.Contains(touched, "users") && len(touched) == 1 {
		return boundID.MatchString(s.text)
	}
	return boundUser.MatchString(s.text)
}

// personalTables reads the migrations.
func personalTables(tree fs.FS) (map[string]bool, error) {
	files, err := fs.Glob(tree, "internal/store/migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("archtest: %w", err)
	}
	personal := map[string]bool{"users": true}
	for _, name := range files {
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, fmt.Errorf("archtest: %w", err)
		}
		for _, table := range createTable.FindAllStringSubmatch(sqlComment.ReplaceAllString(string(text), ""), -1) {
			if userColumn.MatchString(table[2]) {
				personal[strings.ToLower(table[1])] = true
			}
		}
	}
	if len(personal) == 1 {
		return nil, errors.New("archtest: the migrations have no table with a user_id")
	}
	return personal, nil
}

// readQueries reads every queries.sql of the tree.
func readQueries(tree fs.FS) ([]statement, error) {
	var all []statement
	err := fs.WalkDir(tree, "internal", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Base(name) != "queries.sql" {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		all = append(all, split(name, string(text))...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("archtest: %w", err)
	}
	return all, nil
}

func split(file, text string) []statement {
	names := queryName.FindAllStringSubmatchIndex(text, -1)
	all := make([]statement, 0, len(names))
	for i, at := range names {
		end := len(text)
		if i+1 < len(names) {
			end = names[i+1][0]
		}
		all = append(all, statement{file: file, name: text[at[2]:at[3]], text: sqlComment.ReplaceAllString(text[at[1]:end], "")})
	}
	return all
}
