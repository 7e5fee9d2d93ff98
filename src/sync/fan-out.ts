import { ApiError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import type { ResourceResult } from "../warehouse/runs.ts";
import type { Run } from "./run.ts";
import { tally } from "./tally.ts";

/** The walk of a resource that has one listing for each record of another. */
export interface FanOut {
  /**
   * Reads the listings of these parents, as many at once as the source allows; never rejects.
   * True where it may be taken for done: a listing that ChartMogul refuses is not tried again in this walk.
   */
  read(parents: readonly string[]): Promise<boolean>;
  result(error?: unknown): ResourceResult;
}

export function fanOut(run: Run, resource: Resource): FanOut {
  const { store, result } = tally(run, resource);
  const refused: { readonly parent: string; readonly error: ApiError }[] = [];
  let broken: unknown;

  const readOne = async (parent: string) => {
    try {
      if (broken !== undefined) return;
      for await (const { records } of resource.extract.pages(run.source, { parent }))
        await store({ records, parent });
    } catch (error) {
      // A refusal concerns one parent; anything else (no network, a wrong key) would fail for all that follow too.
      if (error instanceof ApiError && isRefusal(error)) refused.push({ parent, error });
      else broken ??= error;
    }
  };

  return {
    async read(parents) {
      await Promise.all(parents.map(readOne));
      return broken === undefined;
    },
    result(error) {
      const [first] = refused;
      return result(
        broken ??
          error ??
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
