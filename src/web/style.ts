/** How the pages look. Colours come from the palettes only; nothing is told by a colour alone. */
import { dark, light, variables } from './palette.ts';

const layout = `
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif}
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;background:var(--ground);padding:6px;z-index:9}
.banner{display:flex;flex-wrap:wrap;gap:4px 20px;align-items:baseline;padding:10px 20px;border-bottom:1px solid var(--line);background:var(--raised)}
.banner strong{font-size:17px}
.columns{display:grid;grid-template-columns:minmax(230px,320px) minmax(0,1fr);align-items:start}
.columns>nav,.columns>aside{padding:14px 12px;border-right:1px solid var(--line);position:sticky;top:0;max-height:100vh;overflow:auto}
main{padding:14px 24px 60px;min-width:0}
@media (max-width:800px){.columns{grid-template-columns:minmax(0,1fr)}.columns>nav,.columns>aside{position:static;max-height:320px;border-right:0;border-bottom:1px solid var(--line)}}
@media print{.columns>nav,.columns>aside,.buttons,.bar{display:none}.columns{display:block}}
`;

const words = `
h1{font-size:21px;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:17px;margin:22px 0 6px}h3{font-size:15px;margin:14px 0 4px}h4{font-size:14px;margin:0 0 4px}
p{margin:4px 0}
a{color:var(--link)}
code,pre,.code,.source td,.event{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:13px}
.quiet{color:var(--quiet)}
.good>.sign,.sign.passed,p.good{color:var(--good)}
.bad>.sign,.sign.failed,p.bad,li.bad,li.bad a,.error .sign,.actual{color:var(--bad)}
.sign.broken,.warning .sign{color:var(--warn)}
.sign.skipped,.info .sign{color:var(--quiet)}
summary h2{display:inline-block;margin:14px 0 6px}
.sign{font-weight:700;display:inline-block;min-width:1.1em}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--focus);outline-offset:1px;border-radius:2px}
`;

const controls = `
select{max-width:100%;text-overflow:ellipsis}
button,input,select,textarea{font:inherit;color:var(--text);background:var(--ground);border:1px solid var(--quiet);border-radius:4px;padding:4px 10px}
button{cursor:pointer;background:var(--raised)}
button:hover{border-color:var(--text)}
::placeholder{color:var(--quiet);opacity:1}
input[type=search]{flex:1;min-width:90px}
textarea{width:100%;font-family:ui-monospace,monospace;font-size:13px}
.bar{display:flex;gap:8px;align-items:center;flex-wrap:wrap;margin:0 0 8px}
.buttons{display:flex;gap:8px;align-items:center;flex-wrap:wrap;margin-top:8px}
.more{margin-top:8px}
[role=tablist]{display:flex;flex-wrap:wrap;gap:2px;border-bottom:1px solid var(--line);margin-top:24px}
[role=tab]{border:1px solid transparent;border-bottom:0;border-radius:5px 5px 0 0;background:none;padding:6px 14px}
[role=tab][aria-selected=true]{background:var(--raised);border-color:var(--line);font-weight:600}
[role=tabpanel]{padding:14px 0}
`;

const lists = `
.runs{list-style:none;margin:0;padding:0}
.runs a{display:flex;gap:6px;padding:2px 6px;border-radius:4px;text-decoration:none;color:var(--text);font-size:14px}
.runs a:hover{text-decoration:underline}
.runs a[aria-current]{background:var(--hit);font-weight:600}
.runs .name{overflow-wrap:anywhere}
.expectations{list-style:none;margin:0;padding:0}
.expectations li{padding:2px 0;overflow-wrap:anywhere;color:var(--text)}
.finding{border:1px solid var(--line);border-left:5px solid var(--quiet);border-radius:4px;padding:8px 14px;margin:8px 0;background:var(--raised)}
.finding.error{border-left-color:var(--bad)}.finding.warning{border-left-color:var(--warn)}
.finding h3{margin:0}
.event{border-bottom:1px solid var(--line)}
.event summary{display:grid;grid-template-columns:52px 68px minmax(90px,150px) minmax(120px,190px) minmax(0,1fr);gap:8px;padding:2px 4px;cursor:pointer;list-style:none}
.event summary::-webkit-details-marker{display:none}
.event summary:hover,.event[open]{background:var(--raised)}
.event span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.event .seq,.event .at{color:var(--quiet);text-align:right}
.event .type{font-weight:600}
.event .says{color:var(--quiet)}
.event pre{margin:0;padding:8px 12px 12px 136px;white-space:pre-wrap;overflow-wrap:anywhere}
@media (max-width:800px){.event summary{grid-template-columns:44px 1fr 1fr}.event .at,.event .says{display:none}.event pre{padding-left:12px}}
.scroll{overflow:auto;max-height:75vh}
table{border-collapse:collapse;margin:6px 0;font-size:14px}
caption{text-align:left;font-weight:600;padding:8px 0 2px}
th,td{text-align:left;vertical-align:top;padding:3px 10px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{white-space:nowrap;font-weight:600;color:var(--quiet);position:sticky;top:0;background:var(--ground)}
.source td{border-bottom:0;padding:0 10px}
.source .code{white-space:pre-wrap;min-width:330px}
.source .number{color:var(--quiet);text-align:right;white-space:nowrap}
.source tr.hit{background:var(--hit)}.source tr.bad{background:var(--fault)}
.source tr.decided td:first-child{box-shadow:inset 4px 0 var(--link)}.source .decision{font-weight:600}
.source ul{list-style:none;margin:0;padding:0}
tr.void td{color:var(--quiet);text-decoration:line-through}tr.void td:first-child,tr.void td:nth-last-child(-n+2){text-decoration:none}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:12px}
.card{border:1px solid var(--line);border-radius:4px;padding:10px 14px;background:var(--raised);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 12px;margin:6px 0}
dt{color:var(--quiet)}dd{margin:0}
.chain{margin:0;padding-left:22px}.chain li+li{border-top:1px solid var(--line)}.chain dl{margin:4px 0}
`;

const diagram = `
.sequence{margin:0;overflow-x:auto}
.sequence svg{font:12.5px system-ui,sans-serif;display:block}
.lane{stroke:var(--lane);stroke-dasharray:3 4}
.lane-kind{fill:var(--quiet);text-anchor:middle;font-size:11.5px}
.lane-name{fill:var(--text);text-anchor:middle;font-weight:600}
.step{cursor:pointer}
.step-ground{fill:transparent}
.step:hover .step-ground,.step:focus-visible .step-ground{fill:var(--hit)}
.step:focus-visible{outline:none}.step:focus-visible .step-ground{stroke:var(--focus);stroke-width:2}
.time{fill:var(--quiet);font-size:11.5px}
.arrow{stroke:var(--text);stroke-width:1.4}
.arrow.lost{stroke-dasharray:6 4}
.tip{fill:var(--text)}
.cross{stroke:var(--bad);stroke-width:2;fill:none}
.arrow-text{fill:var(--text);text-anchor:middle;paint-order:stroke;stroke:var(--ground);stroke-width:5px;stroke-linejoin:round}
.step:hover .arrow-text,.step:focus-visible .arrow-text{stroke:var(--hit)}
.note{fill:var(--raised);stroke:var(--line)}
.note-text{fill:var(--text);text-anchor:middle}
.across{fill:var(--hit)}
.across-text{fill:var(--text);font-weight:600}
.bad .arrow{stroke:var(--bad)}.bad .tip{fill:var(--bad)}.bad .arrow-text,.bad .note-text{fill:var(--bad)}
.bad .note{fill:var(--fault);stroke:var(--bad)}
`;

const switches = `
.switch{padding:6px 0;border-bottom:1px solid var(--line)}
aside summary{cursor:pointer;padding:6px 0}
.switch label{display:block;font-weight:600;overflow-wrap:anywhere}
.switch select{width:100%}
.switch .changed{color:var(--warn);font-weight:400}
.switch .problem{color:var(--bad)}
.doors{list-style:none;padding:0;margin:0;font-size:13px}
.doors li{overflow-wrap:anywhere;padding:2px 0}
#views .sequence{max-height:72vh;overflow:auto}
.button{display:inline-block;border:1px solid var(--quiet);border-radius:4px;padding:3px 9px;margin-left:4px;text-decoration:none;background:var(--raised)}
#clock{font-variant-numeric:tabular-nums}
`;

export const style = `:root{color-scheme:light dark;${variables(light)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}}
${layout}${words}${controls}${lists}${diagram}${switches}`;
