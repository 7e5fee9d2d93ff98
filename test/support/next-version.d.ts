/** An installed program. */
interface Program {
  readonly folder: string;
  readonly cli: string;
  /** How many migrations it has. */
  readonly migrations: number;
}

export const thisVersion: Program;
export function installNextVersion(folder: string, previous?: Program): Program;
