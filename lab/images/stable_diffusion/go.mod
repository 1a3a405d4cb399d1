module stable-diffusion-stub

go 1.25
