// Loaded into a sync by rate.js. Watches when its requests leave and its answers end, and sends that to the parent at the end.
import { subscribe } from "node:diagnostics_channel";
import { watchEventLoop } from "./measure.js";

const now = () => performance.timeOrigin + performance.now();
const readDelay = watchEventLoop();
/** @type {number[]} */
const left = [];
let lastAnswer = Number.NaN;

subscribe("undici:client:sendHeaders", () => {
  left.push(now());
});
subscribe("undici:request:trailers", () => {
  lastAnswer = now();
});
process.on("exit", () => {
  process.send?.({ left, lastAnswer, eventLoopDelay: readDelay() });
});
