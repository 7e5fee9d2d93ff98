import pLimit from "p-limit";
import { ApiError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import type { ResourceResult } from "../warehouse/runs.ts";
import type { Run } from "./run.ts";
import { tally } from "./tally.ts";

/** The walk of a resource that has one listing for each record of another. */
export interface FanOut {
  /** True once something went wrong that would go wrong for every parent. */
  isBroken(): boolean;
  /**
   * Reads the listings of these parents, as many at once as the source allows; never rejects.
   * True where all of them were read, so that a walk that is stopped later need not come back to them.
   */
  read(parents: readonly string[]): Promise<boolean>;
  result(error?: unknown): ResourceResult;
}

// More than a source has places for, so that it never waits; few enough that not much is asked in vain when it breaks.
const parentsAtOnce = 32;

export function fanOut(run: Run, resource: Resource): FanOut {
  const { store, result } = tally(run, resource);
  const refused: { readonly parent: string; readonly error: ApiError }[] = [];
  const places = pLimit(parentsAtOnce);
  let gone = 0;
  let readable = 0;
  let broken: unknown;

  const readOne = async (parent: string) => {
    try {
      if (broken !== undefined) return;
      for await (const { records } of resource.extract.pages(run.source, { parent })) {
        await store({ records, parent });
      }
      readable += 1;
    } catch (error) {
      // A refusal concerns one parent; anything else (no network, a wrong key) would fail for all that follow too.
      if (error instanceof ApiError && error.status === 404) gone += 1;
      else if (error instanceof ApiError && isRefusal(error)) refused.push({ parent, error });
      else broken ??= error;
    }
  };

  /** A parent that was deleted since it was listed has no listing; but if none has one, the path is wrong. */
  const allGone = () =>
    gone > 0 && readable === 0
      ? new ApiError(`ChartMogul knows none of the ${gone} listings of ${resource.name}`, {
          hint: "Report it.",
        })
      : undefined;

  return {
    isBroken: () => broken !== undefined,
    async read(parents) {
      await Promise.all(parents.map((parent) => places(() => readOne(parent))));
      return broken === undefined && refused.length === 0;
    },
    result(error) {
      const [first] = refused;
      return result(
        broken ??
          error ??
          allGone() ??
          (first &&
            new ApiError(
              `${refused.length} of ${resource.extract.parent} could not be read, first ${first.parent}: ${first.error.message}`,
              { hint: "The rows that they had stay as they were; the next sync tries again." },
            )),
      );
    },
  };
}

function isRefusal({ status }: ApiError): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 429;
}
