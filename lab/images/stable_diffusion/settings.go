package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

const defaultPort = "7860"

// settings come from launch.py's flags, which the real image takes too, and from STUB_* variables, which only this one has.
type settings struct {
	listen    bool // on all addresses, else on loopback only
	port      string
	api       bool          // without --api the /sdapi routes are not there
	users     []string      // user:password, any of them may call the API; none: no login
	loadTime  time.Duration // before the port opens
	imageTime time.Duration // per image
	pod       string
	revision  string
}

// readSettings ignores the script's name and flags it does not know: the real program has hundreds.
func readSettings(args []string, env func(string) string) (settings, error) {
	s := settings{port: defaultPort, revision: env("K_REVISION")}
	s.pod, _ = os.Hostname()
	for i := 0; i < len(args); i++ {
		name, value, inline := strings.Cut(args[i], "=")
		if takesValue(name) && !inline && i+1 < len(args) {
			i++
			value = args[i]
		}
		s.set(name, value)
	}
	if port := env("PORT"); port != "" { // what Knative tells the container
		s.port = port
	}
	if login := env("SD_API_AUTH"); login != "" {
		s.set("--api-auth", login)
	}
	var err error
	if s.loadTime, err = seconds(env, "STUB_LOAD_SECONDS", 0); err != nil {
		return s, err
	}
	s.imageTime, err = seconds(env, "STUB_IMAGE_SECONDS", 0)
	return s, err
}

func takesValue(flag string) bool { return flag == "--port" || flag == "--api-auth" }

func (s *settings) set(flag, value string) {
	switch flag {
	case "--listen":
		s.listen = true
	case "--api":
		s.api = true
	case "--port":
		s.port = value
	case "--api-auth":
		s.users = strings.Split(value, ",")
	}
}

func (s settings) address() string {
	if s.listen {
		return ":" + s.port
	}
	return "127.0.0.1:" + s.port
}

func seconds(env func(string) string, name string, fallback float64) (time.Duration, error) {
	text := env(name)
	if text == "" {
		return time.Duration(fallback * float64(time.Second)), nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value < 0 {
		return 0, fmt.Errorf("%s is %q: give a number of seconds, 0 or more, such as 1.5", name, text)
	}
	return time.Duration(value * float64(time.Second)), nil
}
