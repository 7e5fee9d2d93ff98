import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

const askAgainAfter = 50;

/** The port of a server on loopback: open, shut for a while, or closed for good. */
export interface Port {
  /** Opens the port and gives its number. Rejects when the port is taken. */
  open(port: number): Promise<number>;
  /** Destroys all sockets and refuses new ones, then opens the same port again. Does nothing while the port is shut. */
  shut(milliseconds: number): void;
  /** Destroys all sockets. Closing twice is the same as once. */
  close(): Promise<void>;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

/** Creates the port of a server that does not listen yet. Only 127.0.0.1 is bound. */
export function createPort(server: Server): Port {
  let isShut = false;
  let reopening: NodeJS.Timeout | undefined;
  let opening: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  function reopenAfter(milliseconds: number, port: number): void {
    reopening = setTimeout(() => {
      opening = listen(server, port).then(
        () => {
          isShut = false;
        },
        // The system may have given the port to another program while it was shut.
        () => {
          if (closing === undefined) reopenAfter(askAgainAfter, port);
        },
      );
    }, milliseconds);
  }

  async function close(): Promise<void> {
    clearTimeout(reopening);
    await opening;
    if (server.listening) await stopListening(server);
  }

  return {
    async open(port) {
      await listen(server, port);
      return (server.address() as AddressInfo).port;
    },
    shut(milliseconds) {
      if (isShut || closing !== undefined) return;
      isShut = true;
      const { port } = server.address() as AddressInfo;
      void stopListening(server);
      reopenAfter(milliseconds, port);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
