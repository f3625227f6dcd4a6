// Holds what a Daybook proves against Go's implementation of the same: golang.org/x/mod/sumdb's
// tlog and note.
//
//	tlog KEY EXPORT NOTES PROOFS
//
// EXPORT is an exported journal of one shard without void records, NOTES a file of signed notes,
// PROOFS documents of the API, one a line. Everything is computed again from the records: the
// proofs have to be the same, and to be accepted. Prints how many there were.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type document struct {
	LeafIndex *int64   `json:"leafIndex"`
	Size      int64    `json:"size"`
	LeafHash  string   `json:"leafHash"`
	Root      string   `json:"root"`
	From      int64    `json:"from"`
	To        int64    `json:"to"`
	FromRoot  string   `json:"fromRoot"`
	ToRoot    string   `json:"toRoot"`
	Proof     []string `json:"proof"`
}

func check(err error, what ...any) {
	if err != nil {
		fmt.Fprintln(os.Stderr, append(what, err)...)
		os.Exit(1)
	}
}

func require(ok bool, what ...any) {
	if !ok {
		fmt.Fprintln(os.Stderr, what...)
		os.Exit(1)
	}
}

func hash(text string) tlog.Hash {
	bytes, err := base64.StdEncoding.DecodeString(text)
	check(err, text)
	require(len(bytes) == tlog.HashSize, text)
	return tlog.Hash(*(*[tlog.HashSize]byte)(bytes))
}

type tree struct {
	leaves []tlog.Hash
	hashes []tlog.Hash
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, t.hashes[index])
	}
	return found, nil
}

func (t *tree) root(size int64) tlog.Hash {
	root, err := tlog.TreeHash(size, t)
	check(err)
	return root
}

func readTree(name string) *tree {
	text, err := os.ReadFile(name)
	check(err)
	t := &tree{}
	for _, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		leaf := tlog.RecordHash(line)
		stored, err := tlog.StoredHashesForRecordHash(int64(len(t.leaves)), leaf, t)
		check(err)
		t.leaves = append(t.leaves, leaf)
		t.hashes = append(t.hashes, stored...)
	}
	return t
}

func same(ours []string, theirs []tlog.Hash) bool {
	if len(ours) != len(theirs) {
		return false
	}
	for i := range theirs {
		if hash(ours[i]) != theirs[i] {
			return false
		}
	}
	return true
}

func (t *tree) checkInclusion(d document) {
	require(hash(d.LeafHash) == t.leaves[*d.LeafIndex], "leaf", *d.LeafIndex)
	require(hash(d.Root) == t.root(d.Size), "root", d.Size)
	proof, err := tlog.ProveRecord(d.Size, *d.LeafIndex, t)
	check(err)
	require(same(d.Proof, proof), "proof of", *d.LeafIndex, "in", d.Size)
	check(tlog.CheckRecord(proof, d.Size, hash(d.Root), *d.LeafIndex, hash(d.LeafHash)))
}

func (t *tree) checkConsistency(d document) {
	require(hash(d.FromRoot) == t.root(d.From), "root", d.From)
	require(hash(d.ToRoot) == t.root(d.To), "root", d.To)
	proof, err := tlog.ProveTree(d.To, d.From, t)
	check(err)
	require(same(d.Proof, proof), "proof from", d.From, "to", d.To)
	check(tlog.CheckTree(proof, d.To, hash(d.ToRoot), d.From, hash(d.FromRoot)))
}

// Notes have an empty line before their signatures, and one behind them.
func checkNotes(key, name string, t *tree) int {
	verifier, err := note.NewVerifier(key)
	check(err)
	text, err := os.ReadFile(name)
	check(err)
	parts := strings.Split(strings.TrimSuffix(string(text), "\n\n"), "\n\n")
	require(len(parts)%2 == 0, "notes are cut")
	for i := 0; i < len(parts); i += 2 {
		opened, err := note.Open([]byte(parts[i]+"\n\n"+parts[i+1]+"\n"), note.VerifierList(verifier))
		check(err, "note", i/2)
		lines := strings.Split(opened.Text, "\n")
		require(lines[0] == verifier.Name()+"/0", lines[0])
		size, err := strconv.ParseInt(lines[1], 10, 64)
		check(err)
		require(hash(lines[2]) == t.root(size), "root of the note of", size)
	}
	return len(parts) / 2
}

func main() {
	require(len(os.Args) == 5, "usage: tlog KEY EXPORT NOTES PROOFS")
	t := readTree(os.Args[2])
	notes := checkNotes(os.Args[1], os.Args[3], t)
	file, err := os.Open(os.Args[4])
	check(err)
	lines := bufio.NewScanner(file)
	included, consistent := 0, 0
	for lines.Scan() {
		var d document
		check(json.Unmarshal(lines.Bytes(), &d))
		if d.LeafIndex != nil {
			t.checkInclusion(d)
			included++
		} else {
			t.checkConsistency(d)
			consistent++
		}
	}
	check(lines.Err())
	fmt.Println(len(t.leaves), "leaves,", notes, "notes,", included, "inclusion proofs,", consistent,
		"consistency proofs")
}
