/** The report's whole style: the dashboard's colours, a page on the screen, A4 on paper. No font is fetched. */
export const STYLE = `
:root{color-scheme:light dark;
--background:#f5f6f8;--panel:#fff;--raised:#f8f9fb;--rule:#e4e7ec;--text:#141a24;--muted:#5b6576;--faint:#8c95a4;
--accent:#1467c8;--up:#0b7d54;--down:#c4303e;--warn:#9a6700}
@media (prefers-color-scheme:dark){:root{
--background:#0b0e14;--panel:#11151d;--raised:#161b25;--rule:#1f2632;--text:#e6e9ef;--muted:#8b95a7;--faint:#5d6778;
--accent:#5aa9ff;--up:#35c28c;--down:#f0616d;--warn:#e8b04b}}
*{box-sizing:border-box}
body{margin:0;background:var(--background);color:var(--text);font:13px/1.5 Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:1180px;margin:0 auto;padding:20px 16px 48px;display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:12px}
header{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline;padding:4px 2px}
h1{font-size:21px;font-weight:620;letter-spacing:-.02em;margin:0;overflow-wrap:anywhere}
h2{font-size:13px;font-weight:600;margin:0 0 10px}
h2 small{font-weight:400;font-size:12px;color:var(--muted);margin-left:8px}
h3{font-size:11.5px;font-weight:500;color:var(--muted);margin:14px 0 6px}
p{margin:0 0 8px}p:last-child{margin-bottom:0}
code,.mono{font-family:"JetBrains Mono",ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:11.5px;overflow-wrap:anywhere}
.brand{margin-left:auto;color:var(--muted)}
.sub{width:100%;color:var(--muted)}
.chip{display:inline-block;border:1px solid color-mix(in srgb,var(--warn) 45%,transparent);color:var(--warn);border-radius:7px;padding:0 7px;font-size:11.5px;line-height:19px}
section{grid-column:1/-1;background:var(--panel);border:1px solid var(--rule);border-radius:10px;padding:14px 16px;min-width:0}
.half{grid-column:span 6}.third{grid-column:span 4}.two-thirds{grid-column:span 8}
.figures{padding:0;display:grid;grid-template-columns:repeat(6,minmax(0,1fr));overflow:hidden}
.figures>div{padding:12px 16px;border-right:1px solid var(--rule);border-bottom:1px solid var(--rule);margin:0 -1px -1px 0;min-width:0}
.figures dt{font-size:11.5px;color:var(--muted)}
.figures dd{margin:0}
.figures .value{font-size:15px;font-weight:600;letter-spacing:-.01em;white-space:nowrap}
.figures .lead .value{font-size:21px;font-weight:620;letter-spacing:-.02em}
.figures .basis{font-size:11.5px;color:var(--muted);line-height:1.4}
.missing{color:var(--muted);font-weight:450}
.up{color:var(--up)}.down{color:var(--down)}.warn{color:var(--warn)}
.muted{color:var(--muted)}
table{border-collapse:collapse;width:100%}
th{font-weight:500;color:var(--muted);font-size:11.5px;text-align:right;padding:4px 8px;white-space:nowrap}
td{text-align:right;padding:5px 8px;border-top:1px solid var(--rule);white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}th:last-child,td:last-child{padding-right:0}
.left{text-align:left}
tbody th{border-top:1px solid var(--rule);font-weight:450;color:var(--text);font-size:13px}
.scroll{overflow-x:auto}
.pairs{display:grid;grid-template-columns:auto 1fr;gap:5px 16px;margin:0}
.pairs+p{margin-top:10px}.pairs dt{color:var(--muted);white-space:nowrap}.pairs dd{margin:0;min-width:0;overflow-wrap:anywhere}
.figures-list{grid-template-columns:1fr fit-content(58%)}.figures-list dt{white-space:normal}.figures-list dd{text-align:right}
.command{display:block;background:var(--raised);border:1px solid var(--rule);border-radius:7px;padding:8px 10px;margin-top:4px;white-space:pre-wrap}
.heat td,.heat th{padding:5px 6px;border:0;text-align:center;font-size:12px}
.heat tbody th{text-align:left;padding-left:0}.heat .total{text-align:right;font-weight:550}
.heat .gain{background:color-mix(in srgb,var(--up) var(--tint),transparent)}
.heat .loss{background:color-mix(in srgb,var(--down) var(--tint),transparent)}
.heat .flat{background:var(--raised);color:var(--muted)}.heat .none{color:var(--faint)}.heat{border-spacing:2px;border-collapse:separate}
.plot{position:relative;margin:10px 60px 26px 0}
.plot svg{display:block;width:100%;height:100%;overflow:visible}
.plot svg *{vector-effect:non-scaling-stroke}
.plot .y,.plot .x{position:absolute;font-size:11px;line-height:1;color:var(--muted);white-space:nowrap}
.plot .y{left:100%;padding-left:9px;transform:translateY(-50%)}
.plot .x{top:100%;padding-top:8px;transform:translateX(-50%)}
.plot .dot{position:absolute;width:8px;height:8px;margin:-4px;border-radius:50%;background:var(--accent)}
.equity{margin-bottom:10px}
.grid{stroke:var(--rule);stroke-width:1}.zero{stroke:var(--faint);stroke-width:1}.own{stroke:var(--accent);stroke-width:2}.reason{white-space:normal}td small,h3 small{color:var(--muted);font-weight:400}.cut{stroke:var(--warn);stroke-width:1.5;stroke-dasharray:4 3}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}
.line.account{stroke:var(--accent)}.line.held{stroke:var(--faint);stroke-width:1.2}
.line.mark{stroke:var(--warn);stroke-width:1;stroke-dasharray:2 3}.line.loss{stroke:var(--down);stroke-width:1.1}
.under{fill:url(#under)}.fill-from{stop-color:var(--accent);stop-opacity:.24}.fill-to{stop-color:var(--accent);stop-opacity:0}
.cone.wide{fill:color-mix(in srgb,var(--muted) 16%,transparent)}.cone.core{fill:color-mix(in srgb,var(--muted) 24%,transparent)}.line.median{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:5 4}
.loss-area{fill:color-mix(in srgb,var(--down) 28%,transparent)}
rect.gain{fill:var(--up)}rect.loss{fill:var(--down)}rect.flat{fill:var(--faint)}rect.open{opacity:.5}
.point{stroke-width:7;stroke-linecap:round;stroke-opacity:.7;fill:none}.point.gain{stroke:var(--up)}.point.loss{stroke:var(--down)}
.hover rect{fill:transparent}.hover rect:hover{fill:color-mix(in srgb,var(--text) 8%,transparent)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--muted);font-size:12px}
.key{display:inline-block;width:12px;height:2px;vertical-align:middle;margin-right:6px;background:var(--accent)}
.key.held{background:var(--faint)}.key.median{background:repeating-linear-gradient(90deg,var(--muted) 0 5px,transparent 5px 7px)}.key.wide,.key.core{height:9px}
.key.wide{background:color-mix(in srgb,var(--muted) 16%,transparent)}.key.core{background:color-mix(in srgb,var(--muted) 40%,transparent)}.key.mark{background:var(--warn)}
.steps{display:grid;gap:8px}.step{display:grid;grid-template-columns:64px 1fr 108px;gap:10px;align-items:center}
.step b{font-weight:550;text-align:right}.step span{color:var(--muted)}
.track{position:relative;height:14px;background:var(--raised);border-radius:3px}
.track i{position:absolute;top:0;bottom:0;border-radius:3px}
.track .gain{background:var(--up)}.track .loss{background:var(--down)}.track .cost{background:var(--warn)}
.notes+.scroll{margin-top:12px}.notes{list-style:none;margin:0;padding:0;display:grid;gap:7px}
.notes li{padding-left:20px;position:relative}.notes li::before{position:absolute;left:1px;content:"●";color:var(--muted);font-size:9px;line-height:20px}
.notes li.warn{color:inherit}.notes li.warn::before{content:"▲";color:var(--warn);font-size:11px}
.assumptions{columns:2;column-gap:32px;margin:0;padding-left:16px;color:var(--muted)}.assumptions li{break-inside:avoid;margin-bottom:5px}
footer{grid-column:1/-1;color:var(--muted);font-size:11.5px;padding:0 2px}
.line.run-0{stroke:var(--accent)}.line.run-1{stroke:var(--warn);stroke-dasharray:7 3}.line.run-2{stroke:var(--up);stroke-dasharray:2 3}
.line.run-3{stroke:var(--down);stroke-dasharray:9 3 2 3}.line.run-4{stroke:var(--text);stroke-dasharray:4 5}
.runs{position:relative;padding-top:22px}.runs .readouts{position:absolute;inset:0 60px 26px 0;display:flex}
.readouts>div{flex:1;min-width:0}.readouts p{display:none;position:absolute;left:0;top:0;right:-60px;margin:0;font-size:12px;color:var(--muted)}
.readouts>div:hover{box-shadow:inset 1px 0 var(--faint)}.readouts>div:hover p{display:flex;flex-wrap:wrap;gap:0 14px}
.legend svg{width:26px;height:8px;vertical-align:middle;margin-right:6px}.differs td{white-space:normal;overflow-wrap:anywhere}
details summary{cursor:pointer;color:var(--muted)}details table{margin-top:6px}
@media screen and (max-width:860px){.half,.third,.two-thirds{grid-column:1/-1}.figures{grid-template-columns:repeat(2,minmax(0,1fr))}.assumptions{columns:1}
main{padding:12px 10px 32px}.plot{margin-right:52px}.runs{padding-top:44px}.runs .readouts{right:52px}.readouts p{right:-52px}.plot .x:nth-of-type(even){visibility:hidden}.figures .lead .value{font-size:18px}
.pairs{grid-template-columns:1fr;gap:0}.pairs dd{margin-bottom:7px}.figures-list{grid-template-columns:1fr fit-content(58%);gap:5px 16px}.figures-list dd{margin-bottom:0}}
@page{size:A4;margin:12mm}
@media print{:root{color-scheme:light;
--background:#fff;--panel:#fff;--raised:#f8f9fb;--rule:#e4e7ec;--text:#141a24;--muted:#5b6576;--faint:#8c95a4;
--accent:#1467c8;--up:#0b7d54;--down:#c4303e;--warn:#9a6700}
body{font-size:9.5pt}main{padding:0;max-width:none;gap:8px}section{break-inside:avoid;padding:9px 11px}.figures{padding:0}.long{break-inside:auto}
details{display:none}tr{break-inside:avoid}thead{display:table-header-group}.figures>div{padding:7px 10px}.figures .lead .value{font-size:14pt}.figures .value{font-size:11pt}
td,th{padding-left:4px;padding-right:4px}.heat td,.heat th{padding:3px 2px;font-size:7.5pt}.scroll{overflow:visible}
.figures .basis,.figures dt{font-size:8pt}.broad,.broad+.third{grid-column:1/-1}.figures-list{font-size:8pt;gap:3px 8px;grid-template-columns:1fr auto}.figures-list dd{overflow-wrap:normal}
.third .plot .x:nth-of-type(even){visibility:hidden}h2 small{margin-left:4px;font-size:8pt}.chip{white-space:normal}
.long td,.long th{font-size:6.6pt;padding:2px 2px}h3,h2{break-after:avoid}}
`;
