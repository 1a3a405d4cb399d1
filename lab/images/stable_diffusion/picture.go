package main

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
)

// wave is one of the overlaid waves that a picture is made of.
type wave struct{ x, y, phase, red, green, blue float64 }

const waves = 5

// paint makes a PNG that depends on nothing but its arguments: the same prompt and seed give the same bytes.
func paint(prompt, negative string, seed int64, steps, width, height int) ([]byte, error) {
	ws := wavesOf(prompt, negative, seed, steps)
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetRGBA(x, y, colorAt(ws, float64(x)/float64(width), float64(y)/float64(height)))
		}
	}
	var out bytes.Buffer
	// Size does not matter here; the time that it takes to encode would count against a pod's 0.02 cores.
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err := encoder.Encode(&out, picture)
	return out.Bytes(), err
}

func wavesOf(prompt, negative string, seed int64, steps int) [waves]wave {
	source := rand.New(rand.NewPCG(digest(prompt, negative), uint64(seed)+uint64(steps)<<48))
	var ws [waves]wave
	for i := range ws {
		frequency := 4 * float64(i+1)
		ws[i] = wave{
			x: (source.Float64() - 0.5) * frequency, y: (source.Float64() - 0.5) * frequency,
			phase: source.Float64() * 2 * math.Pi,
			red:   source.Float64(), green: source.Float64(), blue: source.Float64(),
		}
	}
	return ws
}

func digest(texts ...string) uint64 {
	hash := fnv.New64a()
	for _, text := range texts {
		// The length keeps ("ab", "c") apart from ("a", "bc").
		hash.Write(binary.AppendUvarint(nil, uint64(len(text))))
		hash.Write([]byte(text))
	}
	return hash.Sum64()
}

func colorAt(ws [waves]wave, x, y float64) color.RGBA {
	var red, green, blue float64
	for _, w := range ws {
		height := math.Sin(2*math.Pi*(w.x*x+w.y*y) + w.phase)
		red, green, blue = red+w.red*height, green+w.green*height, blue+w.blue*height
	}
	return color.RGBA{R: channel(red), G: channel(green), B: channel(blue), A: 255}
}

// channel maps a sum of waves, about -2 to 2, softly to 0 to 255.
func channel(value float64) uint8 { return uint8(127.5 + 127.5*math.Tanh(value)) }
