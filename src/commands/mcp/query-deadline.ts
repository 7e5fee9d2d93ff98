import { workerData } from "node:worker_threads";

// The main thread is inside SQLite and hears nothing: this one ends the whole program.
setTimeout(() => process.kill(process.pid, "SIGKILL"), Number(workerData));
