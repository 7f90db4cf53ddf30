package presets

import (
	"slices"
	"strings"
)

// program is software that has a preset of its own.
type program struct {
	preset string
	title  string
	port   int      // the usual one; 0: none that would tell
	names  []string // words of images and commands
	alone  bool     // the names mean other things beside other words: the node of a cluster, the go of go-runner
}

// known lists the programs, those that are made of others first: Kafka's image is Java too.
func known() []program {
	return []program{
		{"postgres", "PostgreSQL", 5432, []string{"postgres", "postgresql", "postgis", "timescaledb", "pgvector", "spilo"}, false},
		{"mysql", "MySQL", 3306, []string{"mysql", "mysqld", "mariadb", "mariadbd", "percona"}, false},
		{"redis", "Redis", 6379, []string{"redis", "valkey", "keydb"}, false},
		{"kafka", "Kafka", 9092, []string{"kafka", "redpanda"}, false},
		{"mongodb", "MongoDB", 27017, []string{"mongo", "mongod", "mongodb"}, false},
		{"jvm", "Java", 0, []string{
			"java", "jdk", "jre", "openjdk", "temurin", "corretto", "zulu", "graalvm", "tomcat", "jetty", "wildfly", "keycloak", "spring",
			"quarkus", "elasticsearch", "opensearch", "logstash", "cassandra", "jenkins",
		}, false},
		{"python", "Python", 0, []string{"python", "pypy", "gunicorn", "uvicorn", "uwsgi", "celery", "django", "flask", "fastapi"}, false},
		{"node", "Node.js", 0, []string{"node", "nodejs", "npm", "yarn", "nextjs", "nestjs"}, true},
		{"go", "pprof", 6060, []string{"go", "golang"}, true},
	}
}

// means reports whether a word, but for the version at its end, is one of the program's: python3 and openjdk21 count.
func (p program) means(word string) bool {
	for _, name := range p.names {
		if strings.TrimRight(word, "0123456789") == name || word == name {
			return true
		}
	}
	return false
}

// isIn reports whether the words of a name are those of the program, and not of another that has to do with it.
func (p program) isIn(words []string) bool {
	i := slices.IndexFunc(words, p.means)
	switch {
	case i < 0 || slices.ContainsFunc(words, watches):
		return false
	case p.alone:
		return !slices.ContainsFunc(slices.Delete(slices.Clone(words), i, i+1), func(word string) bool { return !isBase(word) })
	}
	return !slices.ContainsFunc(words[i+1:], serves)
}

// watches reports whether a program with this word in its name is about the one that the other words name.
func watches(word string) bool { return word == "exporter" || word == "operator" }

// serves reports whether this word after the name of a program means something for it, and not the program.
func serves(word string) bool {
	return slices.Contains([]string{"express", "proxy", "backup", "ui", "admin", "manager", "commander"}, word)
}

// isBase reports whether a word of an image's name is of the system that it is made with, or a version.
func isBase(word string) bool {
	return slices.Contains([]string{"", "alpine", "debian", "ubuntu", "slim", "ubi"}, strings.TrimRight(word, "0123456789"))
}

// isLanguage reports whether an image, if it is just called node or go, is the one of the language: calico/node and kindest/node are not.
func isLanguage(image string) bool {
	name, _, _ := strings.Cut(shortImage(image), ":")
	if name != "node" && name != "go" {
		return true
	}
	image, _, _ = strings.Cut(image, "@")
	folder := strings.TrimSuffix(image[:strings.LastIndex(image, "/")+1], "/")
	if !strings.Contains(folder, "/") && strings.ContainsAny(folder, ".:") {
		return true // a registry
	}
	return slices.Contains([]string{"", "localhost", "library", "bitnami", "bitnamilegacy", "chainguard"}, folder[strings.LastIndex(folder, "/")+1:])
}

// wordsOf splits the name of an image or of a program at its punctuation; a tag does not count.
func wordsOf(name string) []string {
	name, _, _ = strings.Cut(name, ":")
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("-_./@", r) })
}

// shortImage is the last part of an image's name with its tag: postgres:16 of registry.corp:5000/db/postgres:16@sha256:….
func shortImage(image string) string {
	image, _, _ = strings.Cut(image, "@")
	return image[strings.LastIndex(image, "/")+1:]
}
