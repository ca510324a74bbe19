import { lookup } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { LookupFunction } from 'node:net';
import { NotDelivered } from '../channel.ts';

// Whoever can set an address to send to must not reach by it what only this machine can reach: databases, routers, the cloud's own services.

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  INTERNAL.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  INTERNAL.addSubnet(network, prefix, 'ipv6');

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** True of addresses that everybody may send to; of this machine's own where they are meant. What is no address is neither. */
export function mayReach(address: string, meansLoopback: boolean): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  return meansLoopback ? isIn(LOOPBACK, address) : !isIn(INTERNAL, address);
}

const refusal = (hostname: string): NotDelivered =>
  new NotDelivered(`${hostname} leads to an internal address: webhooks are sent to public ones, or to this machine by its own name`);

/** For names that are addresses already: nothing is looked up for them. Throws {@link NotDelivered}. */
export function checkLiteral(hostname: string, meansLoopback: boolean): void {
  const address = hostname.replaceAll(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !mayReach(address, meansLoopback)) throw refusal(hostname);
}

type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: { readonly address: string; readonly family: number }[]) => void,
) => void;

/**
 * Resolves a name at the moment of the connection, and hands on only what may be reached: what was looked at is what is connected to, so that a name
 * cannot mean something else a moment later. One internal address among several refuses all.
 */
export const guardedLookup =
  (meansLoopback: boolean, resolve: Resolve = lookup): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => !mayReach(address, meansLoopback)))
        return callback(refusal(hostname), '', 0);
      if (options.all === true) return callback(null, [...addresses]);
      return callback(null, first.address, first.family);
    });
  };
