/** What is drawn, on a screen or paper that is light. Kinds that are stacked upon each other differ in brightness, not in hue alone. */
const onLight =
  "--accent: #2f6fde; --gain: #0f5c3a; --gain-2: #1e8355; --gain-3: #3da37c; --loss: #c8452f; --loss-2: #dd7563; --warn: #9a6700;";

/** The look of a report: light and dark, on a phone, on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --card: #ffffff; --ink: #1b1f24; --soft: #5d6570; --line: #dfe3e8;
  ${onLight}
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1b1f25; --ink: #e6e9ed; --soft: #9aa4b0; --line: #2e353e;
    --accent: #6fa2ff; --gain: #5fd3a0; --gain-2: #33a377; --gain-3: #277a5a; --loss: #f0806c; --loss-2: #bf5a49; --warn: #e0b04a;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); overflow-wrap: break-word;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.35rem; margin: 2.5rem 0 0.5rem; } h3, #overview h2 { font-size: 1.05rem; margin: 0; } h3 { color: var(--ink); } a { color: var(--accent); }
p { margin: 0.25rem 0; } .soft, footer, figcaption { color: var(--soft); } .trouble { color: var(--loss); font-weight: 600; }
nav { margin: 1rem 0; } select { font: inherit; padding: 0.3rem 0.5rem; max-width: 100%; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: 0.75rem; margin: 1rem 0; }
.tile, figure { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
.tile { padding: 0.75rem 1rem; container-type: inline-size; } .tile dt { color: var(--soft); font-size: 0.85rem; }
.tile dd { margin: 0; font-size: clamp(0.85rem, 12cqi, 1.35rem); font-weight: 650; font-variant-numeric: tabular-nums; }
.tile .note { font-size: 0.85rem; font-weight: 400; color: var(--soft); } .up { color: var(--gain); } .down { color: var(--loss); }
figure { margin: 1rem 0; padding: 1rem; break-inside: avoid; container-type: inline-size; } figcaption { font-size: 0.9rem; margin-bottom: 0.5rem; }
.chart { min-height: 1px; } .chart svg { --plot-background: var(--card); font-size: 11px; max-width: 100%; height: auto; font-family: inherit; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; font-size: 0.85rem; color: var(--soft); padding: 0; margin: 0 0 0.5rem; list-style: none; }
.legend i { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; margin-right: 0.35em; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 1rem; }
details { margin-top: 0.5rem; } summary { cursor: pointer; color: var(--soft); font-size: 0.9rem; }
/* Shadows at the edges behind which there is more; what covers them moves along with what is scrolled. */
.scroll, pre { overflow: auto; --shade: color-mix(in srgb, var(--ink) 28%, transparent); background:
  linear-gradient(to right, var(--card) 40%, transparent) left / 2.5rem 100% no-repeat local,
  linear-gradient(to left, var(--card) 40%, transparent) right / 2.5rem 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) left / 0.9rem 100% no-repeat,
  linear-gradient(to left, var(--shade), transparent) right / 0.9rem 100% no-repeat; }
details .scroll { max-height: 34rem; }
table { border-collapse: collapse; font-size: 0.9rem; width: 100%; }
th, td { padding: 0.25rem 0.45rem; text-align: left; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; } details thead th { position: sticky; top: 0; background: var(--card); }
td.number, td.day, td.word { white-space: nowrap; } .number { text-align: right; font-variant-numeric: tabular-nums; }
td.text { min-width: 5rem; overflow-wrap: anywhere; }
.heat td, .heat th { padding: 0.2rem 0.35rem; font-size: 0.8rem; text-align: center; border: none; }
.heat tbody th { white-space: nowrap; font-weight: 400; text-align: left; position: sticky; left: 0; background: var(--card); }
.heat td[style] { background: color-mix(in srgb, var(--accent) calc(var(--heat) * 0.55), transparent); font-variant-numeric: tabular-nums; }
pre { font-size: 0.85rem; line-height: 1.45; margin: 0.5rem 0 0; }
/* A card on a phone, or beside another one on a small screen. */
@container (max-width: 32rem) {
  table { font-size: 0.7rem; } th, td { padding: 0.25rem 0.2rem; } td.text { min-width: 3.4rem; }
  .heat td, .heat th { font-size: 0.7rem; padding: 0.2rem; }
}
article[hidden] { display: none; }
@media (max-width: 40rem) { body { padding: 1rem 0.75rem 3rem; } figure { padding: 0.75rem 0.6rem; } .tiles { grid-template-columns: 1fr 1fr; gap: 0.5rem; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc;
    ${onLight} }
  body { max-width: none; padding: 0; font-size: 11pt; } nav, .chart:not(:empty) ~ details { display: none; } .scroll { max-height: none; overflow: visible; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .two { display: block; } table { font-size: 8pt; } th, td { padding: 1px 3px; } .heat td, .heat th { font-size: 6.5pt; padding: 1px; }
  .heat td[style], .legend i, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
