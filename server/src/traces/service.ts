import type { Journal } from '../journal/journal.ts';
import { OrderTraces } from './order-traces.ts';
import type { ExportSettings } from './exporter.ts';

/** Sends a trace of every order from the bar that led to it, beginning with what the journal writes from now on. Gives the way to end. */
export async function startTraces(journal: Pick<Journal, 'onAppended'>, settings: ExportSettings): Promise<() => Promise<void>> {
  // Loaded only where traces are wanted: the library is large.
  const { openSender } = await import('./exporter.ts');
  const sender = openSender(settings);
  const traces = new OrderTraces();
  const stop = journal.onAppended((entries) => {
    for (const entry of entries) for (const span of traces.take(entry)) sender.send(span);
  });
  return async () => {
    stop();
    await sender.close();
  };
}
