import { createRequire } from 'node:module';
import { indicatortsCalls } from './indicatorts.ts';
import { installPeers } from './install.ts';
import type { Peer, PeerCalls } from './peer.ts';
import { talibCalls } from './talib.ts';
import { technicalIndicatorsCalls } from './technicalindicators.ts';
import { tradingSignalsCalls } from './trading-signals.ts';
import { ixjb94Calls, tulindCalls } from './tulip.ts';

const load = createRequire(import.meta.url);

export const PEERS: Readonly<Record<string, (library: unknown) => PeerCalls>> = {
  talib: talibCalls,
  tulind: tulindCalls,
  technicalindicators: technicalIndicatorsCalls,
  'trading-signals': tradingSignalsCalls,
  indicatorts: indicatortsCalls,
  '@ixjb94/indicators': ixjb94Calls,
};

export interface OpenedPeers {
  readonly peers: readonly Peer[];
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
}

function versionOf(name: string): string {
  const { version } = load(`./node_modules/${name}/package.json`) as { readonly version: string };
  return version;
}

/** The libraries that can be loaded here, installed when they are not there yet, and why the others cannot. */
export function openPeers(): OpenedPeers {
  const failures = installPeers();
  const peers: Peer[] = [];
  const missing: { name: string; reason: string }[] = [];
  for (const [name, callsOf] of Object.entries(PEERS)) {
    const failure = failures[name] ?? failures['all'];
    if (failure !== undefined) missing.push({ name, reason: failure });
    else {
      try {
        peers.push({ name, version: versionOf(name), calls: callsOf(load(name)) });
      } catch (error) {
        missing.push({ name, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) });
      }
    }
  }
  return { peers, missing };
}
