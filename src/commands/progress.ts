import type { Log } from "../log.ts";
import type { Progress } from "../sync/report.ts";
import { groupDigits, layOut } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const redrawEvery = 100;
const lineEvery = 10_000;

/** Shows the progress of a sync: as a table that is redrawn on a terminal, elsewhere as a line every ten seconds. */
export function createProgress(terminal: Terminal, log: Log) {
  const latest = new Map<string, Progress>();
  const lastLine = new Map<string, number>();
  let drawnAt = 0;

  const draw = () => {
    const rows = [...latest.values()].map((progress) => [
      progress.account,
      progress.resource,
      progress.fetched,
      progress.pages,
      perSecond(progress),
      elapsed(progress.milliseconds),
    ]);
    terminal.live.show(layOut(["account", "resource", "rows", "pages", "rows/s", "elapsed"], rows));
  };

  return {
    update(progress: Progress) {
      const name = `${progress.account} ${progress.resource}`;
      latest.set(name, progress);
      if (terminal.live.possible) {
        if (Date.now() - drawnAt < redrawEvery) return;
        drawnAt = Date.now();
        draw();
      } else if (progress.milliseconds - (lastLine.get(name) ?? 0) >= lineEvery) {
        lastLine.set(name, progress.milliseconds);
        const { account, resource, pages } = progress;
        log.info("reading", {
          account,
          resource,
          rows: progress.fetched,
          pages,
          "rows/s": perSecond(progress),
          elapsed: elapsed(progress.milliseconds),
        });
      }
    },
    end: () => terminal.live.clear(),
  };
}

function perSecond({ fetched, milliseconds }: Progress): string {
  return groupDigits(Math.round((fetched * 1000) / Math.max(milliseconds, 1)));
}

/** A duration as minutes and seconds. */
function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
