import type { Finding, Findings } from "../verify/findings.ts";
import { formatCount } from "../verify/format.ts";
import type { Terminal } from "./terminal.ts";

/** Takes the findings about one account. */
interface Printer {
  readonly findings: Findings;
  /** Prints what is left to print: there are no more findings of this account. */
  end(): void;
}

/** Only collects the findings, for JSON. */
export function collectFindings(findings: Finding[], account: string): Printer {
  const add = (finding: Finding) => void findings.push(finding);
  return { findings: createFindings(account, add), end() {} };
}

/** Prints agreements as they come, then warnings and faults, where they are easy to see. Equal hints in a row are printed once. */
export function printFindings(findings: Finding[], account: string, { print }: Terminal): Printer {
  const [warnings, faults]: [Finding[], Finding[]] = [[], []];
  const add = (finding: Finding) => {
    findings.push(finding);
    if (finding.outcome === "ok") print(writeLine(finding));
    else (finding.outcome === "warning" ? warnings : faults).push(finding);
  };
  return {
    findings: createFindings(account, add),
    end() {
      for (const warning of warnings) print(writeLine(warning));
      for (const [index, fault] of faults.entries()) {
        print(writeLine(fault));
        const { hint } = fault;
        if (hint !== undefined && hint !== faults[index + 1]?.hint) print(`      ${hint}`);
      }
    },
  };
}

function createFindings(account: string, add: (finding: Finding) => void): Findings {
  return {
    ok: (subject, found) => add({ account, subject, outcome: "ok", found }),
    warning: (subject, found) => add({ account, subject, outcome: "warning", found }),
    fault: (subject, found, hint) => add({ account, subject, outcome: "fault", found, hint }),
  };
}

const labels = { ok: "ok   ", warning: "warn ", fault: "FAULT" } as const;

function writeLine({ account, subject, outcome, found }: Finding): string {
  return `${labels[outcome]} ${account} ${subject}: ${found}`;
}

/** All findings in one line. */
export function summarise(findings: readonly Finding[]): string {
  const count = (of: Finding["outcome"]) => findings.filter(({ outcome }) => outcome === of).length;
  const agree = `${formatCount(count("ok"), "comparison")} ${count("ok") === 1 ? "agrees" : "agree"}`;
  return `${agree}, ${formatCount(count("warning"), "warning")}, ${formatCount(count("fault"), "fault")}`;
}
