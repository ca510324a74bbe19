import * as ort from 'onnxruntime-web';
import { serveRequests } from '../worker-thread.ts';

/** One model a thread: the first request brings it. */
export interface OnnxRequest {
  readonly model?: Uint8Array;
  readonly columns: number;
  /** Rows one after another. */
  readonly values: Float64Array;
}

ort.env.wasm.numThreads = 1;
ort.env.wasm.proxy = false;
ort.env.logLevel = 'error';

let session: ort.InferenceSession | undefined;

serveRequests(async ({ model, columns, values }: OnnxRequest): Promise<Float64Array> => {
  if (model !== undefined) session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  if (session === undefined) throw new Error('Invariant: the first request brings the model');
  const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
  const found = await session.run({ [input]: new ort.Tensor('float64', values, [values.length / columns, columns]) });
  const data = found[output]?.data;
  if (!(data instanceof Float32Array || data instanceof Float64Array))
    throw new Error('The model does not give numbers: its first output must be floats or doubles.');
  return Float64Array.from(data);
});
