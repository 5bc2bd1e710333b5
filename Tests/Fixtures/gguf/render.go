// Writes conversations with a template, as Ollama does: the oracle of OllamaTests.
package main

import (
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

type message struct{ Role, Content string }

type input struct {
	Template      string
	Conversations []struct {
		System   string
		Messages []message
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	bytes, err := os.ReadFile(os.Args[1])
	check(err)
	var in input
	check(json.Unmarshal(bytes, &in))
	parsed, err := template.New("").Parse(in.Template)
	check(err)
	texts := []string{}
	for _, conversation := range in.Conversations {
		var text strings.Builder
		check(parsed.Execute(&text, conversation))
		texts = append(texts, text.String())
	}
	check(json.NewEncoder(os.Stdout).Encode(texts))
}
