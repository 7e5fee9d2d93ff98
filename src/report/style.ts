/** The look of a report: light and dark, on a phone, on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --card: #ffffff; --ink: #1b1f24; --soft: #5d6570; --line: #dfe3e8;
  --accent: #2f6fde; --gain: #1f8a5b; --gain-2: #63b892; --gain-3: #a6d9c1; --loss: #c8452f; --loss-2: #e58f7f; --warn: #9a6700;
  --plot-background: var(--card);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1b1f25; --ink: #e6e9ed; --soft: #9aa4b0; --line: #2e353e;
    --accent: #6fa2ff; --gain: #45c08b; --gain-2: #2f8a64; --gain-3: #205e45; --loss: #f0806c; --loss-2: #a34a3b; --warn: #e0b04a;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.35rem; margin: 2.5rem 0 0.5rem; } h3 { font-size: 1.05rem; margin: 0; }
p { margin: 0.25rem 0; } .soft, footer, figcaption { color: var(--soft); } .trouble { color: var(--loss); font-weight: 600; }
nav { margin: 1rem 0; } select { font: inherit; padding: 0.3rem 0.5rem; max-width: 100%; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: 0.75rem; margin: 1rem 0; }
.tile, figure { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
.tile { padding: 0.75rem 1rem; } .tile dt { color: var(--soft); font-size: 0.85rem; }
.tile dd { margin: 0; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile .note { font-size: 0.85rem; font-weight: 400; color: var(--soft); } .up { color: var(--gain); } .down { color: var(--loss); }
figure { margin: 1rem 0; padding: 1rem; break-inside: avoid; } figcaption { font-size: 0.9rem; margin-bottom: 0.5rem; }
.chart { min-height: 1px; } .chart svg { max-width: 100%; height: auto; font-family: inherit; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; font-size: 0.85rem; color: var(--soft); padding: 0; margin: 0 0 0.5rem; list-style: none; }
.legend i { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; margin-right: 0.35em; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 1rem; }
details { margin-top: 0.5rem; } summary { cursor: pointer; color: var(--soft); font-size: 0.9rem; }
.scroll { overflow: auto; max-height: 34rem; } .scroll:has(.heat) { max-height: none; } table { border-collapse: collapse; font-size: 0.9rem; width: 100%; }
th, td { padding: 0.25rem 0.45rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { position: sticky; top: 0; background: var(--card); color: var(--soft); font-weight: 600; }
td.text { white-space: normal; min-width: 5rem; overflow-wrap: anywhere; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.heat td, .heat th { padding: 0.2rem 0.35rem; font-size: 0.8rem; text-align: center; border: none; }
.heat tbody th { font-weight: 400; text-align: left; position: sticky; left: 0; background: var(--card); }
.heat td[style] { background: color-mix(in srgb, var(--accent) var(--heat), var(--card)); font-variant-numeric: tabular-nums; }
.heat td.strong { color: var(--card); }
pre { overflow-x: auto; font-size: 0.85rem; line-height: 1.45; margin: 0.5rem 0 0; }
article[hidden] { display: none; }
@media (max-width: 40rem) { body { padding: 1rem 0.75rem 3rem; } figure { padding: 0.75rem 0.6rem; } .tiles { grid-template-columns: 1fr 1fr; gap: 0.5rem; } .tile dd { font-size: 1.15rem; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc;
    --accent: #2f6fde; --gain: #1f8a5b; --gain-2: #63b892; --gain-3: #a6d9c1; --loss: #c8452f; --loss-2: #e58f7f; }
  body { max-width: none; padding: 0; font-size: 11pt; } nav, details { display: none; } .scroll { max-height: none; overflow: visible; }
  .heat td[style], .legend i, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
