/** @import { Random } from "#build/sandbox/generation/random.js" */
/**
 * @typedef {() => void} Kill
 *
 * @typedef {object} Moment
 * @property {string} name
 * @property {(kill: Kill) => void} begin
 * @property {(suffix: string, kill: Kill) => void} seen
 * @property {() => void} end
 *
 * @typedef {{ milliseconds: number, touchedAfter: number }} Clean What an undisturbed sync was like.
 */

/**
 * When to kill. It is called when the attempt begins, for every change of the warehouse (with the end of the file name: "", "-wal"
 * or "-journal"), and when it has ended.
 *
 * @param {string} name
 * @param {{ delay?: number, trigger?: (suffix: string) => boolean, linger?: number }} options
 * @returns {Moment}
 */
function moment(name, { delay, trigger, linger = 0 }) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let triggered = false;
  /** @type {(milliseconds: number, kill: Kill) => void} */
  const after = (milliseconds, kill) => {
    if (milliseconds < 1) kill();
    else timer = setTimeout(kill, milliseconds);
  };
  return {
    name,
    begin(kill) {
      if (delay !== undefined) after(delay, kill);
    },
    seen(suffix, kill) {
      if (triggered || !trigger?.(suffix)) return;
      triggered = true;
      after(linger, kill);
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * Uniform over the time in which an undisturbed sync reads, except its end: a resumed one has less to do.
 *
 * @param {Random} random
 * @param {Clean} clean
 */
function anywhere(random, { milliseconds, touchedAfter }) {
  const delay = touchedAfter + random.fraction() * (milliseconds * 0.85 - touchedAfter);
  return moment(`after ${Math.round(delay)} ms`, { delay });
}

/**
 * Uniform over the start of the program up to shortly after it first touches the file.
 *
 * @param {Random} random
 * @param {Clean} clean
 */
function atTheStart(random, { touchedAfter }) {
  const delay = random.fraction() * touchedAfter * 1.2;
  return moment(`after ${Math.round(delay)} ms`, { delay });
}

// Measured: from the first change of the folder on, the file and its tables are made within 10 ms and 15 changes.
/** @param {Random} random */
function atTheOpening(random) {
  const nth = random.integer(1, 12);
  const linger = random.chance(0.5) ? 0 : random.fraction() * 8;
  let changes = 0;
  const trigger = () => {
    changes += 1;
    return changes >= nth;
  };
  return moment(`${Math.round(linger)} ms after change ${nth} of the files`, { trigger, linger });
}

/**
 * Distinguishes the closing from everything before it: only then is the file itself written once there is a WAL.
 *
 * @returns {(suffix: string) => boolean}
 */
function closing() {
  let logged = false;
  return (suffix) => {
    logged ||= suffix === "-wal";
    return logged && suffix === "";
  };
}

/**
 * At once when the WAL is written for the nth time: within that commit or just behind it.
 *
 * @param {Random} random
 */
function atAWrite(random) {
  const nth = random.chance(0.5) ? random.integer(1, 8) : random.integer(9, 60);
  const isClosing = closing();
  let writes = 0;
  /** @param {string} suffix */
  const trigger = (suffix) => {
    if (suffix === "-wal") writes += 1;
    return writes >= nth || isClosing(suffix);
  };
  return moment(`at write ${nth} of the WAL`, { trigger });
}

/**
 * When the WAL is written back into the file, or shortly after.
 *
 * @param {Random} random
 */
function atTheEnd(random) {
  const linger = random.chance(0.6) ? 0 : random.fraction() * 12;
  return moment(`${Math.round(linger)} ms after the closing began`, { trigger: closing(), linger });
}

/**
 * A moment at which to kill a sync, drawn at random. `clean` is what an undisturbed sync was like; `unmade` says that
 * the tables are still to be made or migrated, which is where a kill is then most likely; `last` that the next sync is
 * left alone: what it finds should be half done, or it would only repeat what is complete.
 *
 * @param {Random} random
 * @param {Clean} clean
 * @param {{ unmade: boolean, last: boolean }} state
 */
export function drawMoment(random, clean, { unmade, last }) {
  const draw = random.weigh([
    [5, anywhere],
    [5, atAWrite],
    [last ? 0 : 1, atTheStart],
    [unmade ? 12 : 1, atTheOpening],
    [last ? 0 : 2, atTheEnd],
  ]);
  return draw(random, clean);
}
