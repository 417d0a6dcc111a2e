package main

import (
	"context"
	"net"
)

// workerSocket is an abstract Unix socket: it needs no file, so it works on a read-only file system, and it is not
// reachable over any network. https://man7.org/linux/man-pages/man7/unix.7.html
const workerSocket = "@placeholder-worker"

// idle does nothing until the context ends. The health check sees that it lives by its socket.
func idle(stopped context.Context) error {
	socket, err := net.Listen("unix", workerSocket)
	if err != nil {
		return err
	}
	context.AfterFunc(stopped, func() { socket.Close() })
	logLine("info", "idling, no image has been deployed yet")

	for {
		connection, err := socket.Accept()
		if stopped.Err() != nil {
			logLine("info", "stopping")
			return nil
		}
		if err != nil {
			return err
		}
		connection.Close()
	}
}

// checkWorker fails unless a worker runs in this container.
func checkWorker() error {
	connection, err := net.DialTimeout("unix", workerSocket, checkTimeout)
	if err != nil {
		return err
	}
	return connection.Close()
}
