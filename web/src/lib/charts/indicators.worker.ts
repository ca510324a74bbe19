import { IndicatorParameterError, loadIndicators } from '@tidemark/compute/browser';
import type { Indicators, IndicatorSpec } from '@tidemark/compute/browser';
import wasmUrl from '../../../../compute/build/indicators.wasm?url';
import { serve } from '#lib/worker/serve.ts';
import { requestLabel, valuesOf } from './indicator-request.ts';
import type { IndicatorRequest } from './indicator-request.ts';

const INPUTS = ['open', 'high', 'low', 'close', 'volume'] as const;
type Prices = Record<(typeof INPUTS)[number], Float64Array>;

export interface Wanted {
  readonly request: IndicatorRequest;
  /** Values of the bars before this index are there already: what has been is never changed by what comes. */
  readonly from: number;
}

export interface ComputeRequest {
  readonly wanted: readonly Wanted[];
  /** The bars from the index `from` on; those before it are as they were told before. */
  readonly from: number;
  readonly prices: Readonly<Prices>;
}

/** One output of an indicator. */
export interface ComputedColumn {
  readonly label: string;
  readonly pane: 'price' | 'own';
  /** Of the bars from the wanted index on; not a number before the first value. */
  readonly values: Float64Array;
}

export interface ComputeAnswer {
  /** What there is to compute. */
  readonly specs: readonly IndicatorSpec[];
  /** In the order of what was wanted: its outputs, or why there are none. */
  readonly computed: readonly (readonly ComputedColumn[] | string)[];
}

/** The bytes that the server computes with, under a name that has their hash. */
const opened = WebAssembly.compileStreaming(fetch(wasmUrl)).then(loadIndicators);
const none = (): Float64Array => new Float64Array();
let kept: Prices = { open: none(), high: none(), low: none(), close: none(), volume: none() };

function grown(before: Float64Array, from: number, part: Float64Array): Float64Array {
  const column = new Float64Array(from + part.length);
  column.set(before.subarray(0, from));
  column.set(part, from);
  return column;
}

function computed(indicators: Indicators, { request, from }: Wanted): readonly ComputedColumn[] | string {
  try {
    const spec = indicators.spec(request.indicator);
    const label = requestLabel(request);
    const outputs = indicators.compute(spec.name, valuesOf(spec, request), kept);
    return outputs.map(({ name, values }) => ({
      label: outputs.length === 1 ? label : `${label} ${name}`,
      pane: spec.ownPane?.includes(name) === true ? 'own' : spec.pane,
      values: values.slice(from),
    }));
  } catch (error) {
    if (error instanceof IndicatorParameterError) return error.message;
    throw error;
  }
}

serve(async ({ wanted, from, prices }: ComputeRequest): Promise<ComputeAnswer> => {
  const indicators = await opened;
  kept = Object.fromEntries(INPUTS.map((name) => [name, grown(kept[name], from, prices[name])])) as Prices;
  return { specs: indicators.specs, computed: wanted.map((one) => computed(indicators, one)) };
});
