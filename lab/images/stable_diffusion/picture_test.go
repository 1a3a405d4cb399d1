package main

import (
	"bytes"
	"image/png"
	"testing"
)

type picture struct {
	prompt, negative string
	seed             int64
	steps            int
}

func (p picture) paint(t *testing.T) []byte {
	t.Helper()
	data, err := paint(p.prompt, p.negative, p.seed, p.steps, 40, 24)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAPictureIsAPNGOfTheSizeAsked(t *testing.T) {
	decoded, err := png.Decode(bytes.NewReader(picture{prompt: "dog"}.paint(t)))
	if err != nil {
		t.Fatal(err)
	}
	if size := decoded.Bounds().Size(); size.X != 40 || size.Y != 24 {
		t.Errorf("size %v, want 40×24", size)
	}
}

func TestTheSamePromptAndSeedGiveTheSameBytes(t *testing.T) {
	same := picture{prompt: "dog", seed: 7, steps: 20}
	if !bytes.Equal(same.paint(t), same.paint(t)) {
		t.Error("two paintings of one request differ")
	}
}

func TestWhateverIsAskedDifferentlyLooksDifferent(t *testing.T) {
	base := picture{prompt: "dog", seed: 7, steps: 20}
	for name, other := range map[string]picture{
		"prompt":             {prompt: "cat", seed: 7, steps: 20},
		"seed":               {prompt: "dog", seed: 8, steps: 20},
		"steps":              {prompt: "dog", seed: 7, steps: 21},
		"negative prompt":    {prompt: "dog", negative: "cat", seed: 7, steps: 20},
		"where a text parts": {prompt: "do", negative: "g", seed: 7, steps: 20},
	} {
		if bytes.Equal(base.paint(t), other.paint(t)) {
			t.Errorf("another %s gives the same picture", name)
		}
	}
}
