package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func environment(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestTheGuidesCommandLineOpensTheAPIToTheWorld(t *testing.T) {
	got, err := readSettings(strings.Fields("launch.py --listen --skip-torch-cuda-test --api"), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got.address() != ":7860" || !got.api || got.users != nil {
		t.Errorf("got %+v", got)
	}
}

func TestAddressesFollowFlagsAndTheEnvironment(t *testing.T) {
	for _, c := range []struct{ flags, port, want string }{
		{"launch.py", "", "127.0.0.1:7860"},
		{"launch.py --listen --port 9000", "", ":9000"},
		{"launch.py --listen --port=9000", "", ":9000"},
		{"launch.py --listen --port 9000", "8080", ":8080"},
		{"launch.py --xformers --listen --medvram", "", ":7860"},
	} {
		got, err := readSettings(strings.Fields(c.flags), environment(map[string]string{"PORT": c.port}))
		if err != nil || got.address() != c.want {
			t.Errorf("%s with PORT=%q: %s (%v), want %s", c.flags, c.port, got.address(), err, c.want)
		}
	}
}

func TestLoginsComeFromTheFlagOrTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		flags, login string
		want         []string
	}{
		{"--api-auth ann:1,bob:2", "", []string{"ann:1", "bob:2"}},
		{"", "ann:1", []string{"ann:1"}},
		{"--api-auth bob:2", "ann:1", []string{"ann:1"}},
	} {
		got, _ := readSettings(strings.Fields(c.flags), environment(map[string]string{"SD_API_AUTH": c.login}))
		if !slices.Equal(got.users, c.want) {
			t.Errorf("%q and %q: users %v, want %v", c.flags, c.login, got.users, c.want)
		}
	}
}

func TestTimesAreSecondsWithFractions(t *testing.T) {
	got, err := readSettings(nil, environment(map[string]string{"STUB_LOAD_SECONDS": "2", "STUB_IMAGE_SECONDS": "1.5"}))
	if err != nil || got.loadTime != 2*time.Second || got.imageTime != 1500*time.Millisecond {
		t.Errorf("got %v and %v (%v)", got.loadTime, got.imageTime, err)
	}
}

func TestATimeThatIsNoneIsRefusedWithItsName(t *testing.T) {
	for _, value := range []string{"soon", "-1"} {
		_, err := readSettings(nil, environment(map[string]string{"STUB_IMAGE_SECONDS": value}))
		if err == nil || !strings.Contains(err.Error(), "STUB_IMAGE_SECONDS") || !strings.Contains(err.Error(), value) {
			t.Errorf("%q: %v", value, err)
		}
	}
}
