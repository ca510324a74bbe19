import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelSettings } from '../../alerts/channel-settings.ts';
import { startExchange } from '../../exchange/server.ts';
import { sampleMarket } from '../../market-data/sample-data.ts';
import { instant } from '../../money/instant.ts';
import { serve } from '../serve/serve.ts';
import { Closers } from '../serve/closers.ts';
import { logInBy } from '../desk-api.ts';
import type { DeskApi } from '../desk-api.ts';

export interface ThrowAway {
  readonly api: DeskApi;
  readonly symbol: string;
  readonly openAtExchange: () => Promise<number>;
  close(): Promise<void>;
}

const KEYS = { keyId: 'drill', secret: 'drill' } as const;
const FROM = '2016-01-04T00:00:00Z';
/** Into the session by more than its first minutes, in which nothing is opened. */
const STEPS = 2;

/** A whole server over a simulated exchange, in a folder that is gone afterwards; alerts go out by the channels that are given. */
export async function openThrowAway(
  alerts: ChannelSettings,
  version: string,
  report: (what: string, error: unknown) => void,
): Promise<ThrowAway> {
  const closers = new Closers(report);
  try {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-drill-'));
    closers.add('the folder', () => rm(folder, { recursive: true, force: true }));
    const exchange = await startExchange({ ...(await sampleMarket()), ...KEYS, speed: 0, from: instant(FROM) });
    closers.add('the exchange', () => exchange.close());
    const serving = await serve({
      port: 0,
      dataDir: folder,
      databaseUrl: undefined,
      anchorFile: join(folder, 'anchors'),
      endpoint: { ...KEYS, mode: 'simulated', baseUrl: exchange.url },
      alerts,
      speed: 0,
      from: undefined,
      works: false,
      version,
      report,
      progress: () => undefined,
    });
    closers.add('the server', () => serving.close());
    for (let step = 0; step < STEPS; step += 1) await exchange.step();
    const headers = { 'apca-api-key-id': KEYS.keyId, 'apca-api-secret-key': KEYS.secret };
    return {
      api: await logInBy(serving.loginUrl),
      symbol: 'AAPL',
      openAtExchange: async () => {
        const answer = await fetch(`${exchange.url}/v2/orders?status=open`, { headers });
        if (!answer.ok) throw new Error(`the exchange answered ${answer.status}`);
        return ((await answer.json()) as readonly unknown[]).length;
      },
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
