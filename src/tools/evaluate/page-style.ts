/**
 * evaluate/page-style: how the page of an evaluation looks.
 *
 * In: nothing.
 * Out: CSS for light and dark, on paper and on a phone.
 * Invariant: colours are named once and differ between the themes alone.
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1d1b18;--soft:#6b665e;--line:#e4dfd6;--ours:#b0413e;--other:#a9a294;--rail:#f0ece4}
@media (prefers-color-scheme:dark){:root{--paper:#16151a;--card:#1f1e24;--ink:#efece6;--soft:#a09a90;--line:#34323a;--ours:#ec7a6b;--other:#7b7681;--rail:#29272f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1020px;margin:0 auto;padding:40px 24px 60px}
header{border-bottom:2px solid var(--ink);padding-bottom:16px;margin-bottom:28px}
header p{margin:0;color:var(--soft)}
.brand{font:600 13px/1 system-ui,sans-serif;letter-spacing:.14em;text-transform:uppercase;color:var(--ours)!important}
h1{font:600 34px/1.15 Georgia,"Times New Roman",serif;margin:10px 0 6px}
h2{font:600 20px/1.3 Georgia,serif;margin:34px 0 0}
h3{font-size:15px;margin:0 0 12px}
.note{color:var(--soft);font-size:13px;margin:4px 0 0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:14px;margin:18px 0}
.tile,section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px}
.tile span,.tile small{display:block;color:var(--soft);font-size:13px}
.tile b{font:600 32px/1.2 Georgia,serif;font-variant-numeric:tabular-nums}
.tile i{font:400 15px system-ui,sans-serif;color:var(--soft);margin-left:3px}
section{margin:14px 0;overflow-x:auto}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(400px,1fr));gap:14px}
.two section{margin:0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:500;padding:6px 12px 6px 0;white-space:nowrap}
thead th{color:var(--soft);font-size:13px;white-space:normal}
tbody tr+tr{border-top:1px solid var(--line)}
tbody tr:first-child th{font-weight:700}
td{padding:6px 12px 6px 0}
.numbers td,.numbers thead th:not(:first-child){text-align:right}
.count{color:var(--soft);font-size:13px}
.bar{display:flex;align-items:center;gap:10px;min-width:150px}
.bar svg{flex:1;height:9px;border-radius:3px;min-width:60px}
.bar b{font-weight:500;min-width:46px;text-align:right}
.rail{fill:var(--rail)}.ours{fill:var(--ours)}.other{fill:var(--other)}
.chart{width:100%;max-height:170px;margin-bottom:8px}
.chart text{font-size:11px;text-anchor:middle;fill:var(--ink)}.chart .axis{fill:var(--soft)}.chart line{stroke:var(--line)}
footer{color:var(--soft);font-size:13px;margin-top:28px}
@media (max-width:520px){main{padding:24px 14px}.two{grid-template-columns:1fr}h1{font-size:27px}}
@media print{body{background:#fff}section,.tile{break-inside:avoid}}
`
