import { existsSync, readFileSync } from "node:fs";

const headerLength = 32;
const frameHeaderLength = 24;

/**
 * True where the WAL (https://sqlite.org/fileformat2.html#walformat) ends with frames of a transaction that never got
 * its commit frame: its process was killed while it wrote them.
 *
 * @param {string} path
 */
export function endsInsideCommit(path) {
  const wal = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (wal.length < headerLength) return wal.length > 0;
  const frameLength = frameHeaderLength + wal.readUInt32BE(8);
  const sum = checksum(wal.readUInt32BE(0) === 0x377f0683);
  sum.add(wal.subarray(0, 24));
  let inside = false;
  for (let at = headerLength; at + frameLength <= wal.length; at += frameLength) {
    const frame = wal.subarray(at, at + frameLength);
    sum.add(frame.subarray(0, 8));
    sum.add(frame.subarray(frameHeaderLength));
    // What follows is what an earlier kill left behind.
    if (!sum.equals(frame.readUInt32BE(16), frame.readUInt32BE(20))) break;
    inside = frame.readUInt32BE(4) === 0;
  }
  return inside;
}

/**
 * The running checksum of a WAL, over words of the byte order that its magic number names.
 *
 * @param {boolean} bigEndian
 */
function checksum(bigEndian) {
  let first = 0;
  let second = 0;
  return {
    /** @param {Buffer} bytes */
    add(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at < bytes.length; at += 8) {
        first = (first + view.getUint32(at, !bigEndian) + second) >>> 0;
        second = (second + view.getUint32(at + 4, !bigEndian) + first) >>> 0;
      }
    },
    /** @type {(one: number, other: number) => boolean} */
    equals: (one, other) => one === first && other === second,
  };
}
