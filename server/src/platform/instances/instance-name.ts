import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for this process that no other has had: machine, process, and a little chance, because numbers of processes come again. */
export const instanceName = (): string => `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`;
