package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

const (
	modelName  = "stub-v1-5-pruned-emaonly"
	bodyLimit  = 1 << 20
	maxSide    = 2048
	maxBatch   = 16
	maxSeed    = 1 << 32
	randomSeed = -1
)

// textToImageRequest holds the web UI's fields that change a picture; others are accepted and ignored, as there.
type textToImageRequest struct {
	Prompt         string `json:"prompt"`
	NegativePrompt string `json:"negative_prompt"`
	Seed           int64  `json:"seed"`
	Steps          int    `json:"steps"`
	Width          int    `json:"width"`
	Height         int    `json:"height"`
	BatchSize      int    `json:"batch_size"`
}

type textToImageResponse struct {
	Images     [][]byte           `json:"images"` // base64 in JSON
	Parameters textToImageRequest `json:"parameters"`
	Info       string             `json:"info"` // JSON in a string, as the web UI has it
}

type info struct {
	Prompt         string  `json:"prompt"`
	NegativePrompt string  `json:"negative_prompt"`
	Seed           int64   `json:"seed"`
	AllSeeds       []int64 `json:"all_seeds"`
	Steps          int     `json:"steps"`
	Width          int     `json:"width"`
	Height         int     `json:"height"`
	BatchSize      int     `json:"batch_size"`
	ModelName      string  `json:"sd_model_name"`
}

type detail struct {
	Detail any `json:"detail"`
}

// problem is an entry of FastAPI's 422 answer.
type problem struct {
	Location []string `json:"loc"`
	Message  string   `json:"msg"`
	Type     string   `json:"type"`
}

func (s *server) textToImage(w http.ResponseWriter, r *http.Request) {
	request := textToImageRequest{Seed: randomSeed, Steps: 50, Width: 512, Height: 512, BatchSize: 1}
	if problems := read(r, &request); problems != nil {
		reply(w, http.StatusUnprocessableEntity, detail{problems})
		return
	}
	defer s.enter()()
	seed := request.Seed
	if seed == randomSeed {
		seed = rand.Int64N(maxSeed)
	}
	s.job.start(time.Duration(request.BatchSize) * s.settings.imageTime)
	defer s.job.end()
	answer := textToImageResponse{Parameters: request}
	about := info{
		Prompt: request.Prompt, NegativePrompt: request.NegativePrompt, Seed: seed, Steps: request.Steps,
		Width: request.Width, Height: request.Height, BatchSize: request.BatchSize, ModelName: modelName,
	}
	for i := range int64(request.BatchSize) {
		picture, err := s.image(r, request, seed+i)
		if err != nil {
			reply(w, http.StatusInternalServerError, detail{err.Error()})
			return
		}
		answer.Images = append(answer.Images, picture)
		about.AllSeeds = append(about.AllSeeds, seed+i)
	}
	text, _ := json.Marshal(about)
	answer.Info = string(text)
	w.Header().Set("X-Peak", fmt.Sprint(s.peak.Load()))
	reply(w, http.StatusOK, answer)
}

// image takes the time that an image is set to take, however fast it was painted.
func (s *server) image(r *http.Request, request textToImageRequest, seed int64) ([]byte, error) {
	begin := time.Now()
	picture, err := paint(request.Prompt, request.NegativePrompt, seed, request.Steps, request.Width, request.Height)
	if err != nil {
		return nil, err
	}
	return picture, sleep(r, s.settings.imageTime-time.Since(begin))
}

func (s *server) progress(w http.ResponseWriter, _ *http.Request) {
	done, left := s.job.progress()
	reply(w, http.StatusOK, map[string]any{
		"progress": done, "eta_relative": left.Seconds(), "current_image": nil, "textinfo": nil,
		"state": map[string]any{"job_count": s.waiting.Load()},
	})
}

func models(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, []map[string]any{{
		"title": modelName + ".safetensors", "model_name": modelName, "hash": nil, "sha256": nil,
		"filename": "models/Stable-diffusion/" + modelName + ".safetensors", "config": nil,
	}})
}

func (s *server) getOptions(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, s.options.all())
}

func (s *server) setOptions(w http.ResponseWriter, r *http.Request) {
	var changes map[string]any
	if problems := decode(r, &changes); problems != nil {
		reply(w, http.StatusUnprocessableEntity, detail{problems})
		return
	}
	s.options.change(changes)
	reply(w, http.StatusOK, nil)
}

// read decodes and checks a request; a request without problems gives nil.
func read(r *http.Request, request *textToImageRequest) []problem {
	if problems := decode(r, request); problems != nil {
		return problems
	}
	var problems []problem
	check := func(field string, value, least, most int) {
		if value < least || value > most {
			message := fmt.Sprintf("is %d: from %d to %d is allowed", value, least, most)
			problems = append(problems, problem{[]string{"body", field}, message, "value_error"})
		}
	}
	check("width", request.Width, 1, maxSide)
	check("height", request.Height, 1, maxSide)
	check("batch_size", request.BatchSize, 1, maxBatch)
	check("steps", request.Steps, 1, 150)
	return problems
}

func decode(r *http.Request, into any) []problem {
	err := json.NewDecoder(io.LimitReader(r.Body, bodyLimit)).Decode(into)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		return []problem{{[]string{"body"}, "field required", "value_error.missing"}}
	case errors.As(err, &wrong):
		return []problem{{[]string{"body", wrong.Field}, "value is not a valid " + wrong.Type.String(), "type_error"}}
	default:
		return []problem{{[]string{"body"}, err.Error(), "value_error.jsondecode"}}
	}
}

// job is what /progress tells about the request whose turn it is.
type job struct {
	sync.Mutex
	begin time.Time
	takes time.Duration
}

func (j *job) start(takes time.Duration) {
	j.Lock()
	defer j.Unlock()
	j.begin, j.takes = time.Now(), takes
}

func (j *job) end() {
	j.Lock()
	defer j.Unlock()
	j.begin = time.Time{}
}

// progress gives the share that is done, 0 to 1, and the time left; zeros when there is nothing to do.
func (j *job) progress() (float64, time.Duration) {
	j.Lock()
	defer j.Unlock()
	if j.begin.IsZero() || j.takes == 0 {
		return 0, 0
	}
	passed := min(time.Since(j.begin), j.takes)
	return float64(passed) / float64(j.takes), j.takes - passed
}

// options are kept and given back; none of them changes a picture.
type options struct {
	sync.Mutex
	values map[string]any
}

func defaultOptions() map[string]any {
	return map[string]any{"sd_model_checkpoint": modelName, "samples_format": "png", "CLIP_stop_at_last_layers": 1}
}

func (o *options) all() map[string]any {
	o.Lock()
	defer o.Unlock()
	all := make(map[string]any, len(o.values))
	for name, value := range o.values {
		all[name] = value
	}
	return all
}

func (o *options) change(changes map[string]any) {
	o.Lock()
	defer o.Unlock()
	for name, value := range changes {
		o.values[name] = value
	}
}
