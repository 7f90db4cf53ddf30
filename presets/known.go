package presets

import "strings"

// program is software that has a preset of its own.
type program struct {
	preset string
	title  string
	port   int      // the usual one; 0: none that would tell
	names  []string // words of images and commands
}

// known lists the programs, those that are made of others first: Kafka's image is Java too.
func known() []program {
	return []program{
		{"postgres", "PostgreSQL", 5432, []string{"postgres", "postgresql", "postgis", "timescaledb", "pgvector", "spilo"}},
		{"mysql", "MySQL", 3306, []string{"mysql", "mysqld", "mariadb", "mariadbd", "percona"}},
		{"redis", "Redis", 6379, []string{"redis", "valkey", "keydb"}},
		{"kafka", "Kafka", 9092, []string{"kafka", "redpanda"}},
		{"mongodb", "MongoDB", 27017, []string{"mongo", "mongod", "mongodb"}},
		{"jvm", "Java", 0, []string{
			"java", "jdk", "jre", "openjdk", "temurin", "corretto", "zulu", "graalvm", "tomcat", "jetty", "wildfly", "keycloak", "spring",
			"quarkus", "elasticsearch", "opensearch", "logstash", "cassandra", "jenkins",
		}},
		{"python", "Python", 0, []string{"python", "pypy", "gunicorn", "uvicorn", "uwsgi", "celery", "django", "flask", "fastapi"}},
		{"node", "Node.js", 0, []string{"node", "nodejs", "npm", "yarn", "nextjs", "nestjs"}},
		{"go", "pprof", 6060, []string{"go", "golang"}},
	}
}

// means tells whether a word, but for the version at its end, is one of the program's: python3 and openjdk21 count.
func (p program) means(word string) bool {
	for _, name := range p.names {
		if strings.TrimRight(word, "0123456789") == name || word == name {
			return true
		}
	}
	return false
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
