import { performance } from 'node:perf_hooks';
import { readFileSync } from 'node:fs';
import { DEFAULT_BACKTEST_OPTIONS } from '../host/backtest-options.ts';
import { compileBuiltIn } from '../host/built-ins.ts';
import { closeCompiler } from '../host/compile.ts';
import { parseAxes } from '../host/parameter-axis.ts';
import { ParameterGrid } from '../host/parameter-grid.ts';
import { SweepPool } from '../host/sweep.ts';
const rows = readFileSync('/work/shared/golden/sweep/d5000.csv','utf8').trim().split('\n').slice(1).map(l=>l.split(',').map(Number));
const col=(k:number)=>Float64Array.from(rows,r=>r[k]!);
const bars={length:rows.length,startAtMs:Float64Array.from(rows,(_,i)=>i*864e5),open:col(1),high:col(2),low:col(3),close:col(4),volume:col(5)};
const golden=readFileSync('/work/shared/golden/sweep/vectorbt_close_t.csv','utf8').trim().split('\n').slice(1).map(l=>l.split(',').map(Number));
const module=await compileBuiltIn('sma-crossover'); await closeCompiler();
const axes=parseAxes(['fast=2..101','slow=2..101']);
const grid=new ParameterGrid(axes,'fast<slow');
for (const threads of [1,2]) for (const fast of [true,false]) {
 const pool=new SweepPool({backtest:{module,parameters:{arm:'strict'},series:[{symbol:'A',bars}],options:{...DEFAULT_BACKTEST_OPTIONS,cash:100,fill:'same-close'}},axes,sets:[]},{threads,chunk:threads===1?4950:2475,fast});
 let best=Infinity,worst=0,n=0,orders=0;
 const src=new Float64Array(24.75e6).fill(1),dst=new Float64Array(24.75e6);let copy=Infinity;
 for(let k=0;k<(fast?12:2);k++){
  const a=performance.now();const out:any[]=[];
  for await(const c of pool.run(grid.sets())) out.push(...c.rows);
  best=Math.min(best,performance.now()-a);
  const b=performance.now();dst.set(src);copy=Math.min(copy,performance.now()-b);
  n=out.length; worst=0; orders=0;
  out.forEach((r,i)=>{const g=golden[i]!; worst=Math.max(worst,Math.abs(r.totalReturn-g[2]!),Math.abs(r.sharpe-g[3]!),Math.abs(r.maxDrawdown-g[4]!)); orders+=Number(r.orders!==g[5]||r.trades!==g[6]||r.set[0]!==g[0]||r.set[1]!==g[1]);});
 }
 console.log({threads,fast,best:best.toFixed(1),copy:copy.toFixed(1),ratio:(best/copy).toFixed(2),n,worst,orders});
 await pool.close();
}
process.exit(0);
