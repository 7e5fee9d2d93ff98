import { countFitting, fitRecord, listNames, measureJson } from "../json/fit.ts";
import { writeJson } from "../json/write-json.ts";

// A note about what is left out is shorter.
const note = 500;

/**
 * Gives a result as JSON text of at most this many bytes. Its longest list gets fewer entries, or else its largest parts are left
 * out. A note in it says so, and `rest`, a sentence, how to get at what is missing.
 */
export function fitReply(answer: object, bytes: number, rest: string): string {
  const text = writeJson(answer);
  if (Buffer.byteLength(text) <= bytes) return text;
  const shorter = withShorterList(answer, bytes - note);
  const { record, without } = fitRecord(bytes - note, shorter.answer);
  const said = [...shorter.said, ...(without.length > 0 ? [`without ${listNames(without)}`] : [])];
  return writeJson({ ...(record as object), note: `The reply was cut: ${said.join(", ")}. ${rest}` });
}

function withShorterList(answer: object, bytes: number) {
  const [largest] = Object.entries(answer)
    .flatMap(([name, list]) => (Array.isArray(list) ? [{ name, list, size: measureJson(list) }] : []))
    .sort((one, other) => other.size - one.size);
  const room = bytes - (measureJson(answer) - (largest?.size ?? 0));
  // Where the rest is too large without any entry, it is not the list that is to blame.
  if (largest === undefined || room < 0) return { answer, said: [] };
  const { name, list } = largest;
  const count = countFitting(room, list);
  return {
    answer: { ...answer, [name]: list.slice(0, count) },
    said: [`${count} of ${list.length} in ${name}`],
  };
}

/** Cuts a text to this many bytes at most. A cut text ends in an ellipsis. */
export function cutText(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  const begin = whole.subarray(0, Math.max(0, bytes - 3)).toString();
  // A character that the cut left incomplete goes as well.
  return `${begin.replace(/\ufffd+$/, "")}…`;
}
