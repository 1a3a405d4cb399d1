module ack-stable-diffusion/lab/pause

go 1.25
