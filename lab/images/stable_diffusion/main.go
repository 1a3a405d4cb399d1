// A server with the API of Stable Diffusion's web UI and no GPU: it stands in for the real image in the lab.
//
// It is started the way the real one is: python3 launch.py --listen --skip-torch-cuda-test --api
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	settings, err := readSettings(os.Args[1:], os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, settings); err != nil {
		log.Fatal(err)
	}
}

// run loads the model, serves until ctx ends and then lets the requests in flight finish.
func run(ctx context.Context, settings settings) error {
	select { // The port opens once the model is loaded: until then a TCP probe fails, as with the real one.
	case <-time.After(settings.loadTime):
	case <-ctx.Done():
		return nil
	}
	listener, err := net.Listen("tcp", settings.address())
	if err != nil {
		return err
	}
	log.Printf("Running on local URL: http://%s", listener.Addr())
	server := &http.Server{Handler: newServer(settings).handler(), ReadHeaderTimeout: time.Minute}
	drained := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drained <- server.Shutdown(context.Background())
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-drained
}
