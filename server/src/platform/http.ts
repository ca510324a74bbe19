export { staticHostFiles } from './http/static-host.ts';
export { createServer } from './http/server.ts';
export type { RunningServer, ServerOptions } from './http/server.ts';
export type { Accounts, Authenticated } from './http/credentials.ts';
export type { Reports } from './http/routes.ts';
