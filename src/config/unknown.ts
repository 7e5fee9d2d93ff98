import { isKeyVariable } from "./api-keys.ts";

const key = "CHARTMOGUL_API_KEY";
const ours = /^(CHARTMOGUL|SYNC|WAREHOUSE|LOG)[_-]/i;

/**
 * Warns of each unknown variable that looks like a setting of this program, and names the nearest setting. `settings` are the known
 * names besides those of the keys. The `LOG_DIR` of another program causes a warning, too: nothing distinguishes it.
 */
export function describeUnknown(names: readonly string[], settings: readonly string[]): string[] {
  const known = [key, ...settings.filter((name) => ours.test(name))];
  return names
    .filter((name) => !known.includes(name) && !isKeyVariable(name) && isMeantForUs(name, known))
    .map(
      (name) =>
        `${shown(name)} is not a setting and has no effect; the nearest setting is ${nearest(name, known)}`,
    );
}

function isMeantForUs(name: string, known: readonly string[]): boolean {
  if (ours.test(name) || letters(name).startsWith("CHARTMOGUL")) return true;
  // One wrong letter in a long name is a slip. In a short name it makes another word, such as GLOG_LEVEL.
  return known.some((each) => distance(stem(name), letters(each)) <= Math.floor(letters(each).length / 10));
}

function nearest(name: string, known: readonly string[]): string {
  const [found] = [...known].sort(
    (one, other) => distance(stem(name), letters(one)) - distance(stem(name), letters(other)),
  );
  return found === key && account.test(name) ? `${key}_<NAME>` : (found ?? key);
}

// After the word KEY comes the name of an account.
const account = /(?<=KEY)[_-].+$/i;

const stem = (name: string) => letters(name.replace(account, ""));

const letters = (name: string) => name.replaceAll(/[^A-Za-z0-9]/g, "").toUpperCase();

/** Other characters in a name may be part of a value, which must not be logged. */
const shown = (name: string) => name.replace(/[^\w.-].*$/s, "…");

/** The number of letters to insert, remove, change or swap with the next one to turn one text into the other. */
function distance(one: string, other: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + Number(one[i - 1] !== other[j - 1]);
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(changed, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    [before, last] = [last, row];
  }
  return last[other.length] ?? 0;
}
