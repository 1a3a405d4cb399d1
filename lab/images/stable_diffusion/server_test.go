package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func start(t *testing.T, s settings) *httptest.Server {
	t.Helper()
	s.api = true
	running := httptest.NewServer(newServer(s).handler())
	t.Cleanup(running.Close)
	return running
}

func post(t *testing.T, url, body string) *http.Response {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func decodeBody[T any](t *testing.T, answer *http.Response) T {
	t.Helper()
	var body T
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body
}

func generate(t *testing.T, server *httptest.Server, body string) (textToImageResponse, info) {
	t.Helper()
	answer := post(t, server.URL+"/sdapi/v1/txt2img", body)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("status %d", answer.StatusCode)
	}
	result := decodeBody[textToImageResponse](t, answer)
	var about info
	if err := json.Unmarshal([]byte(result.Info), &about); err != nil {
		t.Fatal(err)
	}
	return result, about
}

func TestTheGuidesRequestGivesOneSquareImage(t *testing.T) {
	result, about := generate(t, start(t, settings{}), `{"prompt": "pretty dog"}`)
	decoded, err := png.Decode(bytes.NewReader(result.Images[0]))
	if err != nil {
		t.Fatal(err)
	}
	if size := decoded.Bounds().Size(); len(result.Images) != 1 || size.X != 512 || size.Y != 512 {
		t.Errorf("%d images, the first %v", len(result.Images), size)
	}
	if result.Parameters.Prompt != "pretty dog" || about.Seed < 0 {
		t.Errorf("parameters %+v, info %+v", result.Parameters, about)
	}
}

func TestTheReportedRandomSeedGivesTheImageAgain(t *testing.T) {
	server := start(t, settings{})
	first, about := generate(t, server, `{"prompt": "dog", "width": 16, "height": 16, "seed": -1}`)
	body, _ := json.Marshal(map[string]any{"prompt": "dog", "width": 16, "height": 16, "seed": about.Seed})
	again, _ := generate(t, server, string(body))
	if !bytes.Equal(first.Images[0], again.Images[0]) {
		t.Error("the reported seed gives another image")
	}
}

func TestABatchHasOneSeedPerImage(t *testing.T) {
	result, about := generate(t, start(t, settings{}), `{"prompt": "dog", "width": 8, "height": 8, "seed": 5, "batch_size": 2}`)
	if len(result.Images) != 2 || bytes.Equal(result.Images[0], result.Images[1]) {
		t.Errorf("%d images, or two that are equal", len(result.Images))
	}
	if len(about.AllSeeds) != 2 || about.AllSeeds[1] != 6 {
		t.Errorf("seeds %v, want 5 and 6", about.AllSeeds)
	}
}

func TestBadRequestsAreRefusedAsFastAPIDoes(t *testing.T) {
	server := start(t, settings{})
	for body, field := range map[string]string{
		``:                        "body",
		`{"prompt"`:               "body",
		`{"width": "wide"}`:       "width",
		`{"height": 0}`:           "height",
		`{"batch_size": 1000}`:    "batch_size",
		`{"steps": -1}`:           "steps",
		`{"width": 100000}`:       "width",
		`["prompt", "in a list"]`: "body",
	} {
		answer := post(t, server.URL+"/sdapi/v1/txt2img", body)
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(text), `"`+field+`"`) {
			t.Errorf("%s: %d %s, want 422 naming %s", body, answer.StatusCode, text, field)
		}
	}
}

func TestOneImageAtATimeAndThePeakIsReported(t *testing.T) {
	const requests, each = 3, 20 * time.Millisecond
	server := start(t, settings{imageTime: each})
	begin := time.Now()
	var group sync.WaitGroup
	for range requests {
		group.Go(func() { post(t, server.URL+"/sdapi/v1/txt2img", `{"width": 8, "height": 8}`) })
	}
	group.Wait()
	if passed := time.Since(begin); passed < requests*each {
		t.Errorf("%v for %d images of %v: they were painted at once", passed, requests, each)
	}
	if peak := post(t, server.URL+"/sdapi/v1/txt2img", `{"width": 8, "height": 8}`).Header.Get("X-Peak"); peak == "1" {
		t.Error("X-Peak says 1 after three requests at once")
	}
}

func TestOptionsAreKept(t *testing.T) {
	server := start(t, settings{})
	post(t, server.URL+"/sdapi/v1/options", `{"samples_format": "webp"}`)
	answer, err := http.Get(server.URL + "/sdapi/v1/options")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got := decodeBody[map[string]any](t, answer)
	if got["samples_format"] != "webp" || got["sd_model_checkpoint"] != modelName {
		t.Errorf("options %v", got)
	}
}

func TestReadOnlyPagesAnswer(t *testing.T) {
	server := start(t, settings{pod: "pod-1", revision: "sd-00001"})
	for path, part := range map[string]string{
		"/":                   "<form",
		"/healthz":            "ok",
		"/internal/ping":      "{}",
		"/sdapi/v1/progress":  `"progress":0`,
		"/sdapi/v1/sd-models": modelName,
	} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || !strings.Contains(string(text), part) {
			t.Errorf("%s: %d %.80s, want %q in it", path, answer.StatusCode, text, part)
		}
		if answer.Header.Get("X-Pod") != "pod-1" || answer.Header.Get("X-Revision") != "sd-00001" {
			t.Errorf("%s: headers %v", path, answer.Header)
		}
	}
}

func TestALoginIsAskedForWhereOneIsSet(t *testing.T) {
	server := start(t, settings{users: []string{"ann:secret", "bob:other"}})
	for password, want := range map[string]int{"": 401, "wrong": 401, "other": 200} {
		request, _ := http.NewRequest("GET", server.URL+"/sdapi/v1/options", nil)
		request.SetBasicAuth("bob", password)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("password %q: %d, want %d", password, answer.StatusCode, want)
		}
	}
}

func TestWithoutTheAPIFlagThereIsNoAPI(t *testing.T) {
	recorder := httptest.NewRecorder()
	newServer(settings{}).handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/sdapi/v1/options", nil))
	if recorder.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404", recorder.Code)
	}
}

func TestAnUpgradedConnectionEchoes(t *testing.T) {
	server := start(t, settings{})
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_, _ = io.WriteString(connection, "GET /echo HTTP/1.1\r\nHost: sd\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nping")
	got := make([]byte, 512)
	var all string
	for !strings.HasSuffix(all, "ping") {
		n, err := connection.Read(got)
		if err != nil {
			t.Fatalf("%v after %q", err, all)
		}
		all += string(got[:n])
	}
	if !strings.HasPrefix(all, "HTTP/1.1 101 ") {
		t.Errorf("answer %q", all)
	}
}

func TestATerminatedServerFinishesWhatItPaints(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	free.Close()
	ctx, terminate := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, settings{api: true, port: port, imageTime: 100 * time.Millisecond}) }()
	url := "http://127.0.0.1:" + port
	for { // until the port opens
		if answer, err := http.Get(url + "/healthz"); err == nil {
			answer.Body.Close()
			break
		}
	}
	painted := make(chan int, 1)
	go func() { painted <- post(t, url+"/sdapi/v1/txt2img", `{"width": 8, "height": 8}`).StatusCode }()
	for { // until the image is under way
		answer, err := http.Get(url + "/sdapi/v1/progress")
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if !strings.Contains(string(text), `"job_count":0`) {
			break
		}
	}
	terminate()
	if status := <-painted; status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
