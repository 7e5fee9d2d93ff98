import type { Order, Position } from "./order.ts";

const positionPattern = /^(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})\d{3}Z)?&(.+)$/;

function writeTime(microseconds: number): string {
  if (microseconds === Number.POSITIVE_INFINITY) return "";
  const seconds = Math.floor(microseconds / 1_000_000);
  const fraction = String(microseconds - seconds * 1_000_000).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}000Z`;
}

/** Gives the Base64 of `2016-01-01T12:00:00.000000000Z&id`. The first half is empty for a row without a time. */
export function writeCursor(position: Position): string {
  return Buffer.from(`${writeTime(position.at)}&${position.id}`).toString("base64");
}

/** Reads the position in a cursor; undefined for a text that is not a cursor of the sandbox. */
export function readCursor<Row>(order: Order<Row>, cursor: string): Position | undefined {
  const match = positionPattern.exec(Buffer.from(cursor, "base64").toString("utf8"));
  const text = match?.[3];
  if (match === null || text === undefined) return undefined;
  const id = order.idKind === "number" ? Number(text) : text;
  if (Number.isNaN(id)) return undefined;
  const [, time, fraction] = match;
  if (time === undefined || fraction === undefined) return { at: Number.POSITIVE_INFINITY, id };
  return { at: Date.parse(`${time}Z`) * 1000 + Number(fraction), id };
}
